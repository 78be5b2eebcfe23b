package dev.muster.gateway.submission;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.Federated;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.Stages;
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
   * @param succeeded its tasks that succeeded
   * @param wanted the tasks to run again, whatever became of them; null for all that did not
   *     succeed. Of a job with several stages all that did not succeed runs again in any case, and
   *     so does every stage after one in which something runs: it needs the results.
   */
  public static JobSpec of(
      JobSpec old, JobId job, IndexRanges succeeded, @Nullable IndexRanges wanted) {
    IndexRanges repeated = wanted == null ? IndexRanges.EMPTY : gangsOf(old, wanted);
    IndexRanges kept = wholeGangs(old.gang(), Stages.carriable(old, succeeded.minus(repeated)));
    boolean all = wanted == null || Stages.of(old).size() > 1;
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
                kept)
            .withCallback(old.callbackUrl())
            .withDesign(old.design())
            .withGang(old.gang())
            .withDependsOn(old.dependsOn())
            .withSkipped(all ? null : leftOut(old, repeated.plus(kept)))
            .withDeadline(old.deadlineSeconds());
    FileAccess files = old.files();
    return files == null ? again : again.with(files);
  }

  private static @Nullable IndexRanges leftOut(JobSpec old, IndexRanges others) {
    IndexRanges rest = IndexRanges.closed(0, old.taskCount() - 1).minus(others);
    return rest.isEmpty() ? null : rest;
  }

  /** The gangs that these tasks are in; of a federated training the shards of whole rounds. */
  private static IndexRanges gangsOf(JobSpec old, IndexRanges tasks) {
    Federated federated = old.federated();
    if (federated != null) {
      return IndexRanges.covering(
          tasks.stream()
              .mapToObj(index ->
                  federated.averages(index)
                      ? new IndexRanges.Range(index, index)
                      : federated.shardsOf(federated.roundOf(index)))
              .distinct()
              .toList());
    }
    Gang gang = old.gang();
    return gang == null
        ? tasks
        : IndexRanges.covering(
            tasks.ranges().stream()
                .map(range ->
                    new IndexRanges.Range(
                        gang.start(range.first()), gang.start(range.last()) + gang.size() - 1))
                .toList());
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
