package dev.muster.gateway.shell.packaging;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.artifact.Artifact;
import dev.muster.gateway.blob.Blob;
import dev.muster.gateway.shell.artifact.ArtifactRepository;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.store.TaskRepository;
import dev.muster.gateway.shell.store.TaskViews;
import dev.muster.gateway.view.Alias;
import dev.muster.gateway.view.JsonText;
import dev.muster.gateway.view.KeptOutput;
import dev.muster.kit.Database;
import io.vertx.sqlclient.Row;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Reads what goes into a package, page by page; the rows of a job that has ended stand still. */
final class PackageReader {
  private static final int RESULT_ROWS = 1_000;
  private static final int RESULT_BYTES = 1024 * 1024;
  private static final int OUTPUT_ROWS = 8;
  private static final int FILE_ROWS = 500;
  private static final int BUFFER_BYTES = 256 * 1024;

  /** A page ends where its results are more than a mebibyte, but has at least one row. */
  private static final String RESULTS =
      """
      SELECT index, state, result, error_code, error FROM (
        SELECT *, row_number() OVER rows AS n,
          sum(coalesce(octet_length(result), 0)) OVER rows AS bytes FROM (
          SELECT index, state, result, error_code, error FROM aggregator.task
          WHERE job_id = $1 AND index > $2
            AND state IN ('SUCCEEDED', 'FAILED', 'CANCELLED', 'SKIPPED')
          ORDER BY index LIMIT $3) AS page
        WINDOW rows AS (ORDER BY index)) AS sized
      WHERE n = 1 OR bytes <= $4 ORDER BY index
      """;

  private final Database database;
  private final TaskRepository tasks;
  private final Blobs blobs;

  PackageReader(Database database, TaskRepository tasks, Blobs blobs) {
    this.database = database;
    this.tasks = tasks;
    this.blobs = blobs;
  }

  /** A task that has ended, as a line of the main output. */
  record Line(
      int task,
      String status,
      @Nullable JsonText result,
      @Nullable String errorCode,
      @Nullable String error) {}

  /** The result of a job's only task as it was written; nothing when there is none. */
  Iterator<String> onlyResult(JobId job) {
    List<String> text = new ArrayList<>();
    for (Line line : lines(job, -1)) {
      if (line.result() != null) {
        text.add(line.result().text());
      }
    }
    return text.iterator();
  }

  /** All tasks that have ended, a JSON document a line. */
  Iterator<String> allResults(JobId job) {
    Pages<Line> lines = new Pages<>(last -> lines(job, last == null ? -1 : last.task()));
    return mapped(lines, line -> ApiJson.text(line) + "\n");
  }

  private List<Line> lines(JobId job, int after) {
    return database.transaction(tx -> {
      List<Line> lines = new ArrayList<>();
      for (Row row : tx.query(RESULTS, job.value(), after, RESULT_ROWS, RESULT_BYTES)) {
        lines.add(
            new Line(
                row.getInteger("index"),
                row.getString("state").toLowerCase(Locale.ROOT),
                JsonText.of(row.getString("result")),
                row.getString("error_code"),
                row.getString("error")));
      }
      return lines;
    });
  }

  /**
   * What a task wrote.
   *
   * @param index the task
   * @param output both streams of it
   */
  record Written(int index, KeptOutput output) {}

  /** What the tasks wrote, in order of their index; those that wrote nothing are left out. */
  Iterator<Written> outputs(JobId job, Alias alias) {
    return new Pages<>(last -> {
      int from = last == null ? 0 : last.index() + 1;
      List<Written> page = new ArrayList<>();
      // A page of tasks that wrote nothing is not the end.
      int rows = OUTPUT_ROWS;
      while (page.isEmpty() && rows == OUTPUT_ROWS) {
        rows = 0;
        for (Row row : tasks.outputs(job, null, from, OUTPUT_ROWS)) {
          KeptOutput output = TaskViews.kept(row, alias);
          if (output != null) {
            page.add(new Written(row.getInteger("index"), output));
          }
          from = row.getInteger("index") + 1;
          rows++;
        }
      }
      return page;
    });
  }

  /** The files that the job's tasks left, by task and name. */
  Iterator<Artifact> files(String tenant, JobId job) {
    return new Pages<>(last ->
        database.transaction(tx -> ArtifactRepository.ofJob(tx, tenant, job, last, FILE_ROWS)));
  }

  /** How many files there are. */
  long fileCount(String tenant, JobId job) {
    return database.transaction(tx -> ArtifactRepository.countOfJob(tx, tenant, job));
  }

  /** The bytes of a file. */
  InputStream open(String tenant, Artifact file) throws IOException {
    Blob blob =
        database
            .transaction(tx -> blobs.find(tx, tenant, file.digest()))
            .orElseThrow(() ->
                new IOException("Expected the bytes of " + file.id() + ", but they are gone"));
    return blobs.stream(blob, 0, blob.bytes());
  }

  /** Size and CRC-32 of a file: a format of 1989 wants them before the bytes. */
  ZipStream.Stored measured(String tenant, Artifact file) {
    CRC32 crc = new CRC32();
    long bytes = 0;
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = open(tenant, file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        crc.update(buffer, 0, n);
        bytes += n;
      }
    } catch (IOException e) {
      throw new PackageFailedException("Expected to read " + file.id() + ", but it failed", e);
    }
    if (bytes != file.bytes()) {
      throw new PackageFailedException(
          "Expected " + file.bytes() + " bytes of " + file.id() + ", but there are " + bytes, null);
    }
    return new ZipStream.Stored(bytes, crc.getValue());
  }

  private static <A> Iterator<String> mapped(
      Iterator<A> from, java.util.function.Function<A, String> text) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return from.hasNext();
      }

      @Override
      public String next() {
        return text.apply(from.next());
      }
    };
  }
}
