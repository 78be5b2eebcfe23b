package dev.muster.aggregator.shell;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.muster.aggregator.live.LiveFold;
import dev.muster.contracts.id.JobId;
import dev.muster.kit.Json;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.io.IOException;
import org.jboss.logging.Logger;

/** Takes the followed fields out of results. */
final class LiveResults {
  private static final Logger LOG = Logger.getLogger(LiveResults.class);
  private static final int PAGE_ROWS = 100;

  private static final String PAGE =
      """
      SELECT index, result FROM aggregator.task
      WHERE job_id = $1 AND index > $2 AND state = 'SUCCEEDED' AND result IS NOT NULL
      ORDER BY index LIMIT $3
      """;

  private LiveResults() {}

  /** Adds one result; only its top level is looked at. */
  static void add(LiveFold fold, int index, String result) {
    try (JsonParser parser = Json.MAPPER.createParser(result)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        if (value.isNumeric() && fold.follows(field)) {
          fold.add(index, field, parser.getDoubleValue());
        } else {
          parser.skipChildren();
        }
      }
    } catch (IOException e) {
      // As in DigestReader: what this parser refuses adds nothing more.
      LOG.debugf(e, "Expected to read the fields of a result, but the parser refuses it");
    }
  }

  /** Adds all results that a job has, page by page. */
  static void addAll(Tx tx, JobId job, LiveFold fold) {
    RowSet<Row> page;
    int last = -1;
    do {
      page = tx.query(PAGE, job.value(), last, PAGE_ROWS);
      for (Row row : page) {
        last = row.getInteger("index");
        add(fold, last, row.getString("result"));
      }
    } while (page.size() == PAGE_ROWS);
  }
}
