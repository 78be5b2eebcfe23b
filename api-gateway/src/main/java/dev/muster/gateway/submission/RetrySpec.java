package dev.muster.gateway.submission;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.task.FileAccess;
import dev.muster.contracts.task.Gang;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

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
                wholeGangs(old.gang(), succeeded))
            .withCallback(old.callbackUrl())
            .withDesign(old.design())
            .withGang(old.gang());
    FileAccess files = old.files();
    return files == null ? again : again.with(files);
  }

  /** Members of a gang run together, so that only a gang that succeeded as a whole is kept. */
  private static IndexRanges wholeGangs(@Nullable Gang gang, IndexRanges succeeded) {
    return gang == null
        ? succeeded
        : IndexRanges.of(
            succeeded.stream()
                .filter(index -> {
                  int start = gang.start(index);
                  return IntStream.range(start, start + gang.size()).allMatch(succeeded::contains);
                }));
  }
}
