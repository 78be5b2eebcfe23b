package dev.muster.gateway.shell.http;

import dev.muster.contracts.aggregate.LiveAggregate;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.json.LiveJson;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.shell.retention.ResultDeletions;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.shell.store.VerificationRepository;
import dev.muster.gateway.verify.Difference;
import dev.muster.gateway.verify.Recount;
import dev.muster.gateway.verify.SeriesRecount;
import dev.muster.gateway.verify.Stored;
import dev.muster.gateway.view.JsonText;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.concurrent.Semaphore;

/** Holds the aggregate of a job against the results of its tasks. */
@Path("/api/v1/jobs")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class VerificationResource {
  /** Each reads all results of a job; more of them would leave no connection to others. */
  private static final int AT_ONCE_MAX = 2;

  private static final int DIFFERENCES_MAX = 100;

  private final Semaphore running = new Semaphore(AT_ONCE_MAX);
  private final Requests requests;
  private final ResultDeletions deletions;
  private final VerificationRepository verification;

  VerificationResource(
      Requests requests, ResultDeletions deletions, VerificationRepository verification) {
    this.requests = requests;
    this.deletions = deletions;
    this.verification = verification;
  }

  /**
   * What a recount came to.
   *
   * @param verified whether the aggregate says what the results say
   * @param results how many results there are
   * @param fields figures of how many fields were compared
   * @param series how many series that were followed while the job ran were compared
   * @param ranks how many lines of the leaderboard were compared
   * @param differences the first hundred figures that differ
   */
  record Verification(
      String jobId,
      boolean verified,
      long results,
      int fields,
      int series,
      int ranks,
      List<Difference> differences) {}

  /** Counts all results once more and compares. */
  @GET
  @Path("{id}/verify")
  public String verify(@PathParam("id") String id, @Context UriInfo uri) {
    Query.of(uri);
    JobRepository.Found job = requests.job(id);
    JsonText aggregate = job.facts().aggregate();
    if (!job.facts().state().isTerminal() || aggregate == null) {
      throw new ProblemException(
          ProblemKind.JOB_NOT_TERMINAL,
          "Expected a job that has ended, but it is " + job.facts().status());
    }
    deletions.requireKept(job);
    Stored stored = VerificationRepository.stored(aggregate.text());
    JsonText live = job.facts().live();
    SeriesRecount series =
        SeriesRecount.of(
            job.stored().spec().design(), live == null ? LiveAggregate.EMPTY : LiveJson.read(live));
    Recount recount = new Recount(stored, series);
    if (!running.tryAcquire()) {
      throw new ProblemException(
          ProblemKind.UNAVAILABLE,
          "Expected at most " + AT_ONCE_MAX + " verifications at once, but as many run");
    }
    VerificationRepository.Read read;
    try {
      read = verification.read(job.stored().id(), recount);
    } finally {
      running.release();
    }
    List<Difference> found =
        recount.differences(read.results(), read.succeeded(), job.facts().counts().succeeded());
    return ApiJson.text(
        new Verification(
            job.stored().id().external(),
            found.isEmpty(),
            read.results(),
            stored.fields().size(),
            series == null ? 0 : series.size(),
            stored.leaderboard().size(),
            found.stream().limit(DIFFERENCES_MAX).toList()));
  }
}
