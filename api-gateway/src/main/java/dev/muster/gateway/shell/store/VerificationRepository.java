package dev.muster.gateway.shell.store;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import dev.muster.contracts.id.JobId;
import dev.muster.gateway.verify.Recount;
import dev.muster.gateway.verify.Stored;
import dev.muster.kit.Json;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/** Reads all results of an ended job, page by page, into a {@link Recount}. */
@ApplicationScoped
public class VerificationRepository {
  private static final int ROWS_MAX = 1_000;

  /** About the most bytes of a page; a single result may have 1 MiB. */
  private static final int BYTES_MAX = 1024 * 1024;

  private static final String PAGE =
      """
      SELECT index, result FROM (
        SELECT index, result, row_number() OVER rows AS n,
          sum(coalesce(octet_length(result), 0)) OVER rows AS bytes
        FROM (
          SELECT index, result FROM aggregator.task
          WHERE job_id = $1 AND index > $2 AND state = 'SUCCEEDED'
          ORDER BY index LIMIT $3) AS page
        WINDOW rows AS (ORDER BY index)) AS sized
      WHERE n = 1 OR bytes <= $4
      ORDER BY index
      """;

  private static final Logger LOG = Logger.getLogger(VerificationRepository.class);

  private final Pool pool;
  private final DatabaseWatch watch;

  VerificationRepository(Pool pool, DatabaseWatch watch) {
    this.pool = pool;
    this.watch = watch;
  }

  /**
   * What was read.
   *
   * @param succeeded tasks that succeeded
   * @param results how many of them left a result
   */
  public record Read(long succeeded, long results) {}

  /** Adds every result. */
  public Read read(JobId job, Recount recount) {
    long succeeded = 0;
    long results = 0;
    int last = -1;
    while (true) {
      RowSet<Row> page =
          watch.await(
              pool.preparedQuery(PAGE).execute(Tuple.of(job.value(), last, ROWS_MAX, BYTES_MAX)));
      if (page.size() == 0) {
        return new Read(succeeded, results);
      }
      for (Row row : page) {
        last = row.getInteger("index");
        String result = row.getString("result");
        if (result != null) {
          fields(recount, last, result);
          results++;
        }
      }
      succeeded += page.size();
    }
  }

  private static void fields(Recount recount, int index, String result) {
    try (JsonParser parser = Json.MAPPER.createParser(result)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        if (value == JsonToken.VALUE_NUMBER_INT || value == JsonToken.VALUE_NUMBER_FLOAT) {
          recount.number(index, field, parser.getDoubleValue());
        } else if (value == JsonToken.VALUE_TRUE || value == JsonToken.VALUE_FALSE) {
          recount.flag(field, value == JsonToken.VALUE_TRUE);
        } else {
          parser.skipChildren();
        }
      }
    } catch (IOException e) {
      // Such a result adds nothing more to the aggregate either: its limits are this parser's.
      LOG.debugf(e, "Expected to read the fields of a result, but the parser refuses it");
    }
  }

  /** The aggregate as it is stored. */
  public static Stored stored(String aggregate) {
    JsonNode root;
    try {
      root = Json.MAPPER.readTree(aggregate);
    } catch (IOException e) {
      throw new IllegalStateException("Expected the aggregate of a job to be JSON", e);
    }
    Map<String, Stored.Field> fields = new HashMap<>();
    root.path("fields")
        .properties()
        .forEach(field -> fields.put(field.getKey(), field(field.getValue())));
    List<Recount.Rank> ranks = new ArrayList<>();
    root.path("leaderboard")
        .forEach(line ->
            ranks.add(new Recount.Rank(line.path("index").asInt(), line.path("value").asDouble())));
    return new Stored(
        root.path("count").asLong(),
        fields,
        root.path("fields_truncated").asBoolean(),
        root.path("metric").isTextual() ? root.path("metric").asText() : null,
        !root.path("direction").asText().equals("max"),
        ranks);
  }

  private static Stored.Field field(JsonNode field) {
    return new Stored.Field(
        field.path("count").asLong(),
        field.path("mean").asDouble(),
        field.path("min").asDouble(),
        field.path("max").asDouble(),
        field.path("sum").asDouble(),
        field.path("true").asLong(),
        field.path("false").asLong());
  }
}
