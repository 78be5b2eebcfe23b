package dev.muster.aggregator.job;

import dev.muster.aggregator.task.TaskDelta;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.task.FileAccess;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the aggregator may be asked to do with a job; each comes from one topic. */
public sealed interface JobCommand {
  /**
   * The gateway accepted the job.
   *
   * @param spec what was accepted
   * @param submittedAt when
   * @param carried results that were taken over from the retried job; must equal the number the
   *     spec names
   * @param payload the payload as submitted, where the spec's base differs from it
   * @param payloadOmitted the member that the shown payload lacks because of its size
   */
  record Submit(
      JobSpec spec,
      Instant submittedAt,
      int carried,
      @Nullable String payload,
      @Nullable String payloadOmitted)
      implements JobCommand {
    /** The job's secret ends here: what follows is published. */
    public Submit {
      FileAccess files = spec.files();
      spec = files == null ? spec : spec.with(files.withoutKey());
    }

    /** A submission whose payload is the spec's. */
    public Submit(JobSpec spec, Instant submittedAt, int carried) {
      this(spec, submittedAt, carried, null, null);
    }
  }

  /**
   * The planner planned it.
   *
   * @param taskCount all its tasks
   */
  record Plan(int taskCount) implements JobCommand {}

  /** The planner plans it once other jobs have ended. */
  record Block() implements JobCommand {}

  /** The planner cannot plan it. */
  record FailPlan(Failure failure) implements JobCommand {}

  /**
   * Tasks changed.
   *
   * @param delta what really changed, repeats taken out
   */
  record RecordTasks(TaskDelta delta) implements JobCommand {}

  /**
   * A user wants it to end.
   *
   * @param reason the user's words
   */
  record RequestCancel(@Nullable String reason) implements JobCommand {}

  /**
   * The job's deadline has passed by the deciding database's clock.
   *
   * @param deadline when it was
   */
  record Expire(Instant deadline) implements JobCommand {}

  /**
   * What was added up of its results is enough.
   *
   * @param reason one sentence for people
   */
  record StopEarly(String reason) implements JobCommand {}

  /** The dispatcher says that no attempt lives and none ever will. */
  record Stop() implements JobCommand {}

  /**
   * The gateway has deleted its results.
   *
   * @param byOwner whether its owner asked for it; otherwise retention is over
   */
  record DeleteResults(boolean byOwner) implements JobCommand {}

  /**
   * The result package is durable; only for a job that {@link JobFacts#isReadyToConclude()}.
   *
   * @param commonestError the most frequent error of its failed tasks
   */
  record Conclude(@Nullable ErrorCode commonestError) implements JobCommand {}
}
