package dev.muster.gateway.submission;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.task.FileAccess;

/** The submission that runs the unsuccessful tasks of a finished job again. */
public final class RetrySpec {
  private RetrySpec() {}

  /**
   * @param old what was submitted then
   * @param job the finished job
   * @param succeeded its tasks whose results are taken over
   */
  public static JobSpec of(JobSpec old, JobId job, IndexRanges succeeded) {
    JobSpec again =
        new JobSpec(
                old.tenant(),
                old.pool(),
                old.type(),
                old.project(),
                old.clientRef(),
                old.tags(),
                old.meta(),
                old.variant(),
                old.runnerCommand(),
                old.payload(),
                old.fanOut(),
                old.batchSize(),
                old.taskCount(),
                old.requirements(),
                old.retry(),
                old.timeoutSeconds(),
                old.priority(),
                job,
                succeeded)
            .withCallback(old.callbackUrl())
            .withDesign(old.design());
    FileAccess files = old.files();
    return files == null ? again : again.with(files);
  }
}
