package dev.muster.gateway.view;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobState;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why a job is where it is.
 *
 * @param jobId the job
 * @param status its word in the native API
 * @param reason why, as a word for programs
 * @param detail the same in one sentence
 * @param pool the pool its tasks wait in
 * @param waiting tasks that wait for a worker
 * @param running tasks that are leased or run
 * @param jobsAhead jobs of the pool that wait too and are older or have a higher priority; null
 *     when nothing waits
 * @param asOf when that was so
 */
public record ExplainView(
    String jobId,
    String status,
    String reason,
    String detail,
    String pool,
    int waiting,
    int running,
    @Nullable Integer jobsAhead,
    Instant asOf) {
  private static final int NAMED_MAX = 5;

  /**
   * What the dispatcher said of a job that waits, not more than five seconds ago.
   *
   * @param reason its word
   * @param detail its sentence
   * @param ahead jobs ahead
   * @param waiting tasks that wait
   * @param live attempts under way
   * @param at when it said so
   */
  public record Said(String reason, String detail, int ahead, int waiting, int live, Instant at) {}

  /**
   * @param said null when the dispatcher said nothing lately
   * @param now the database's time
   */
  public static ExplainView of(StoredJob job, JobFacts facts, @Nullable Said said, Instant now) {
    if (said != null && waits(facts.state())) {
      return new ExplainView(
          job.id().external(),
          facts.status(),
          said.reason(),
          said.detail(),
          job.spec().pool(),
          said.waiting(),
          said.live(),
          said.ahead(),
          said.at());
    }
    Why why = why(facts);
    return new ExplainView(
        job.id().external(),
        facts.status(),
        why.reason(),
        why.detail(),
        job.spec().pool(),
        facts.state().isTerminal() ? 0 : facts.counts().pending(),
        facts.counts().leased() + facts.counts().running(),
        null,
        now);
  }

  private record Why(String reason, String detail) {}

  private static boolean waits(JobState state) {
    return state == JobState.PLANNING
        || state == JobState.QUEUED
        || state == JobState.ASSIGNED
        || state == JobState.RUNNING;
  }

  private static Why why(JobFacts facts) {
    return switch (facts.state()) {
      case UPLOADING -> new Why("uploading", "Its files are being uploaded");
      case PLANNING -> new Why("planning", "Its tasks are being planned");
      case BLOCKED -> new Why("blocked", blocked(facts.blockedOn()));
      case QUEUED, ASSIGNED, RUNNING ->
          facts.counts().pending() == 0
              ? new Why("running", "Nothing of it waits; all that is left runs")
              : new Why(
                  "unknown",
                  "Tasks wait, and the dispatcher has not said why in the last 5 seconds: it is"
                      + " just placing them, or is away, or more than 1,000 jobs come first");
      case FINALIZING ->
          new Why("finalizing", "All tasks have ended; its results are put together");
      case CANCELING -> new Why("canceling", "It is being cancelled; its commands are being ended");
      case COMPLETED, PARTIAL, FAILED, CANCELLED, EXPIRED ->
          new Why("ended", "It has ended; nothing of it waits");
    };
  }

  private static String blocked(List<JobId> parents) {
    if (parents.isEmpty()) {
      return "The jobs it waited for have ended; it is about to be planned";
    }
    String some =
        parents.stream().limit(NAMED_MAX).map(JobId::external).collect(Collectors.joining(", "));
    int more = parents.size() - NAMED_MAX;
    return "It waits for other jobs to end: " + some + (more > 0 ? " and " + more + " more" : "");
  }
}
