package dev.muster.gateway.shell.http;

import dev.muster.gateway.export.CsvRow;
import dev.muster.gateway.export.JobRow;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.view.JobView;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/**
 * Hands out all jobs of a tenant, newest first. It reads page after page as fast as the reader
 * takes them, so neither memory nor a connection of the database waits for a slow reader. When it
 * breaks off the connection is cut, and the document is no whole one.
 */
@Path("/api/v1/jobs/export")
@RunOnVirtualThread
public class ExportResource {
  /** Jobs in memory at once; a job's payload may be a megabyte. */
  private static final int PAGE = 50;

  private static final String CSV = "text/csv; charset=utf-8; header=present";

  private final Caller caller;
  private final JobRepository jobs;

  ExportResource(Caller caller, JobRepository jobs) {
    this.caller = caller;
    this.jobs = jobs;
  }

  /** How jobs are written. */
  private interface Format {
    byte[] before();

    byte[] job(JobView job, boolean first);

    byte[] after();
  }

  private static final class Json implements Format {
    @Override
    public byte[] before() {
      return utf8("[");
    }

    @Override
    public byte[] job(JobView job, boolean first) {
      return utf8((first ? "\n" : ",\n") + ApiJson.text(job));
    }

    @Override
    public byte[] after() {
      return utf8("\n]\n");
    }
  }

  private static final class Csv implements Format {
    @Override
    public byte[] before() {
      return utf8(CsvRow.of(JobRow.COLUMNS));
    }

    @Override
    public byte[] job(JobView job, boolean first) {
      return utf8(CsvRow.of(JobRow.of(job)));
    }

    @Override
    public byte[] after() {
      return new byte[0];
    }
  }

  /** All jobs created on these days in UTC, both included; all there are without a range. */
  @GET
  @Produces({MediaType.APPLICATION_JSON, "text/csv"})
  public Response export(@Context UriInfo uri, @Context RoutingContext context) {
    Query query = Query.of(uri, "format", "from", "to", "status", "tag");
    String word = query.text("format");
    if (word != null && !List.of("json", "csv").contains(word)) {
      query.error("format", "enum", "Expected json or csv");
    }
    LocalDate from = query.date("from");
    LocalDate to = query.date("to");
    List<String> words = Statuses.words(query);
    List<String> states = Statuses.jobStates(query, words);
    String tag = query.text("tag");
    query.check();
    boolean csv = "csv".equals(word);
    JobRepository.Filter first =
        new JobRepository.Filter(
            states,
            words,
            tag,
            from == null ? null : from.atStartOfDay(ZoneOffset.UTC).toInstant(),
            to == null ? null : to.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant(),
            null,
            null,
            PAGE);
    // The request is over for the container when the body is still being written.
    String tenant = caller.tenant();
    HttpServerResponse connection = context.response();
    StreamingOutput body =
        out -> {
          try {
            write(out, csv ? new Csv() : new Json(), tenant, first);
          } catch (RuntimeException e) {
            // Ended in good order it would pass for the whole.
            connection.reset();
            throw e;
          }
        };
    return Response.ok(body)
        .header(HttpHeaders.CONTENT_TYPE, csv ? CSV : MediaType.APPLICATION_JSON)
        .header(
            HttpHeaders.CONTENT_DISPOSITION,
            "attachment; filename=\"jobs." + (csv ? "csv" : "json") + "\"")
        .build();
  }

  private void write(OutputStream out, Format format, String tenant, JobRepository.Filter first)
      throws IOException {
    out.write(format.before());
    boolean isFirst = true;
    JobRepository.Filter next = first;
    while (next != null) {
      List<JobRepository.Found> page = jobs.list(tenant, next);
      for (JobRepository.Found job : page) {
        out.write(format.job(JobView.of(job.stored(), job.facts()), isFirst));
        isFirst = false;
      }
      next = page.size() < PAGE ? null : after(next, page.getLast());
    }
    out.write(format.after());
  }

  private static JobRepository.Filter after(JobRepository.Filter filter, JobRepository.Found last) {
    return new JobRepository.Filter(
        filter.states(),
        filter.words(),
        filter.tag(),
        filter.after(),
        filter.before(),
        last.stored().createdAt(),
        last.stored().id().value(),
        PAGE);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
