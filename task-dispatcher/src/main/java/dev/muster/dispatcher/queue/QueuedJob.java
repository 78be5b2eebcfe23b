package dev.muster.dispatcher.queue;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.ResourceRequest;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A job with tasks that wait for a worker.
 *
 * @param job the job; its id tells when it was accepted
 * @param priority higher goes first
 * @param tenant who owns it
 * @param request minimums of each of its attempts
 * @param members how many attempts need a place at once: the size of its gangs, 1 without
 * @param deadlineSeconds how long after its acceptance it is due, from 1; null when it has no
 *     deadline
 */
public record QueuedJob(
    JobId job,
    int priority,
    String tenant,
    ResourceRequest request,
    int members,
    @Nullable Integer deadlineSeconds) {
  /**
   * A job without a deadline is due so long after its acceptance: the usual window of a batch. So
   * jobs with longer deadlines let it go first, those with shorter ones do not, and since it never
   * moves, nothing waits for ever behind younger jobs.
   */
  private static final int USUAL_SECONDS = 86_400;

  /** The one that is due first, then the older one. */
  public static final Comparator<QueuedJob> BY_DUE =
      Comparator.comparingLong(QueuedJob::dueMillis).thenComparing(QueuedJob::job);

  /** A job without a deadline, whose attempts run each for itself. */
  public QueuedJob(JobId job, int priority, String tenant, ResourceRequest request) {
    this(job, priority, tenant, request, 1, null);
  }

  /** Jobs that need the same find a place at the same time, or none does. */
  record Need(ResourceRequest request, int members) {}

  Need need() {
    return new Need(request, members);
  }

  /** When it is due, in milliseconds since the epoch. */
  private long dueMillis() {
    int seconds = deadlineSeconds == null ? USUAL_SECONDS : deadlineSeconds;
    return job.epochMillis() + seconds * 1_000L;
  }
}
