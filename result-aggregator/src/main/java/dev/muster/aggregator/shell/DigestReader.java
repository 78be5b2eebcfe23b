package dev.muster.aggregator.shell;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.muster.aggregator.digest.ResultDigest;
import dev.muster.aggregator.digest.Scores;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.Design;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.kit.Json;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Reads a job's rows and makes the digest of them; the rows no longer change by then. */
final class DigestReader {
  /** Most results of one page, and about the most characters: results may be 1 MiB each. */
  private static final int PAGE_ROWS = 1_000;

  private static final int PAGE_BYTES = 1024 * 1024;

  private static final String PAGE =
      """
      SELECT index, result, found FROM (
        SELECT index, result, row_number() OVER rows AS n, sum(size) OVER rows AS bytes,
          count(*) OVER () AS found FROM (
          SELECT index, result, octet_length(result) AS size FROM aggregator.task
          WHERE job_id = $1 AND index > $2 AND state = 'SUCCEEDED' AND result IS NOT NULL
          ORDER BY index LIMIT $3) AS page
        WINDOW rows AS (ORDER BY index)) AS sized
      WHERE n = 1 OR bytes <= $4
      ORDER BY index
      """;

  private static final String RUNS =
      """
      SELECT count(run_millis) AS runs, sum(run_millis) AS total, avg(run_millis) AS mean,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY run_millis) AS p50,
        percentile_disc(0.95) WITHIN GROUP (ORDER BY run_millis) AS p95,
        sum(attempt) AS attempts, extract(epoch FROM max(ended_at) - min(started_at)) AS wall_s
      FROM aggregator.task WHERE job_id = $1
      """;

  /** A gang's members fail with one of them: its error says more than theirs. */
  private static final String ERRORS =
      """
      SELECT error_code, count(*) AS n FROM aggregator.task
      WHERE job_id = $1 AND state = 'FAILED' AND error_code IS NOT NULL
      GROUP BY error_code ORDER BY error_code = 'gang_failed', n DESC, error_code
      """;

  private static final Logger LOG = Logger.getLogger(DigestReader.class);

  private final Queries queries;

  /** Sends one statement, in a transaction of its own or in a greater one. */
  interface Queries {
    Supplier<RowSet<Row>> run(String sql, Object... arguments);
  }

  /**
   * What the rows of a job say.
   *
   * @param count how many results there are
   * @param results the fields of all results
   * @param runs how many tasks ran
   * @param runSecondsTotal their run times added
   * @param runSecondsMean their mean
   * @param runSecondsP50 their median; null when none ran
   * @param runSecondsP95 19 of 20 ran no longer; null when none ran
   * @param attempts attempts of all tasks
   * @param wallSeconds from the first start to the last end; null when none started
   * @param errors failed tasks by error word
   * @param commonestError the most frequent error, the first by name among equals
   * @param scores the metric of each result; null where nothing is ranked
   */
  record Digest(
      long count,
      ResultDigest results,
      long runs,
      @Nullable BigDecimal runSecondsTotal,
      @Nullable BigDecimal runSecondsMean,
      @Nullable BigDecimal runSecondsP50,
      @Nullable BigDecimal runSecondsP95,
      long attempts,
      @Nullable BigDecimal wallSeconds,
      SortedMap<String, Long> errors,
      @Nullable ErrorCode commonestError,
      @Nullable Scores scores) {}

  DigestReader(Queries queries) {
    this.queries = queries;
  }

  /** Sends what is to be asked about a job; the supplier waits and reads on, page by page. */
  Supplier<Digest> ask(JobId job, @Nullable Design design) {
    Supplier<RowSet<Row>> runs = queries.run(RUNS, job.value());
    Supplier<RowSet<Row>> errors = queries.run(ERRORS, job.value());
    Supplier<RowSet<Row>> firstPage = page(job, -1);
    @Nullable Scores scores = Scores.of(design);
    return () -> digest(job, runs.get().iterator().next(), errors.get(), firstPage.get(), scores);
  }

  private Digest digest(
      JobId job, Row runs, RowSet<Row> errorRows, RowSet<Row> firstPage, @Nullable Scores scores) {
    SortedMap<String, Long> errors = new TreeMap<>();
    ErrorCode commonest = null;
    for (Row row : errorRows) {
      String word = row.getString("error_code");
      errors.put(word, row.getLong("n"));
      if (commonest == null) {
        commonest = ErrorCode.valueOf(word.toUpperCase(Locale.ROOT));
      }
    }
    @Nullable Long attempts = runs.getLong("attempts");
    ResultDigest results = new ResultDigest();
    return new Digest(
        results(job, firstPage, results, scores),
        results,
        runs.getLong("runs"),
        seconds(runs, "total"),
        seconds(runs, "mean"),
        seconds(runs, "p50"),
        seconds(runs, "p95"),
        attempts == null ? 0 : attempts,
        wall(runs),
        errors,
        commonest,
        scores);
  }

  private static @Nullable BigDecimal seconds(Row row, String column) {
    @Nullable Number millis = (Number) row.getValue(column);
    return millis == null ? null : BigDecimal.valueOf(Math.round(millis.doubleValue()), 3);
  }

  private static @Nullable BigDecimal wall(Row row) {
    @Nullable Number seconds = (Number) row.getValue("wall_s");
    return seconds == null
        ? null
        : BigDecimal.valueOf(Math.max(0, Math.round(seconds.doubleValue() * 1000)), 3);
  }

  private Supplier<RowSet<Row>> page(JobId job, int after) {
    return queries.run(PAGE, job.value(), after, PAGE_ROWS, PAGE_BYTES);
  }

  /** Adds all results to the digest, in task order, and returns how many there are. */
  private long results(
      JobId job, RowSet<Row> firstPage, ResultDigest digest, @Nullable Scores scores) {
    long count = 0;
    RowSet<Row> page = firstPage;
    while (page.size() > 0) {
      int last = -1;
      long found = 0;
      for (Row row : page) {
        last = row.getInteger("index");
        found = row.getLong("found");
        addFields(digest, scores, last, row.getString("result"));
      }
      count += page.size();
      if (page.size() == found && found < PAGE_ROWS) {
        return count;
      }
      page = page(job, last).get();
    }
    return count;
  }

  /** Only the top level is looked at; nested values are skipped without being built. */
  private static void addFields(
      ResultDigest digest, @Nullable Scores scores, int index, String result) {
    try (JsonParser parser = Json.MAPPER.createParser(result)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        if (value == JsonToken.VALUE_NUMBER_INT || value == JsonToken.VALUE_NUMBER_FLOAT) {
          digest.number(field, parser.getDoubleValue());
          if (scores != null && field.equals(scores.objective().metric())) {
            scores.add(index, parser.getDoubleValue());
          }
        } else if (value == JsonToken.VALUE_TRUE || value == JsonToken.VALUE_FALSE) {
          digest.flag(field, value == JsonToken.VALUE_TRUE);
        } else {
          parser.skipChildren();
        }
      }
    } catch (IOException e) {
      // The worker has checked that it is JSON, but its limits may be wider than this parser's
      // (number length, nesting); such a result stays as it is and adds nothing more here.
      LOG.debugf(e, "Expected to read the fields of a result, but the parser refuses it");
    }
  }
}
