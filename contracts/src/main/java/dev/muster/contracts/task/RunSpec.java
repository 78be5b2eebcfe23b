package dev.muster.contracts.task;

import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.job.RetryPolicy;
import java.util.List;

/**
 * What every attempt of a job has in common.
 *
 * @param runnerCommand the command, at least one word
 * @param requirements minimums for one attempt
 * @param retry budgets for retries
 * @param timeoutSeconds longest run of one attempt
 */
public record RunSpec(
    List<String> runnerCommand,
    ResourceRequest requirements,
    RetryPolicy retry,
    int timeoutSeconds) {
  public RunSpec {
    runnerCommand = List.copyOf(runnerCommand);
  }
}
