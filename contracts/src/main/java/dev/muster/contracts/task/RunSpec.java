package dev.muster.contracts.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.job.RetryPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What every attempt of a job has in common.
 *
 * @param runnerCommand the command, at least one word
 * @param requirements minimums for one attempt
 * @param retry budgets for retries
 * @param timeoutSeconds longest run of one attempt
 * @param files which files attempts may have and leave; null in what older versions wrote
 * @param gang which tasks run together; null when each runs for itself
 */
public record RunSpec(
    List<String> runnerCommand,
    ResourceRequest requirements,
    RetryPolicy retry,
    int timeoutSeconds,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable FileAccess files,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Gang gang) {
  public RunSpec {
    runnerCommand = List.copyOf(runnerCommand);
  }

  /** Attempts that have nothing to do with files. */
  public RunSpec(
      List<String> runnerCommand,
      ResourceRequest requirements,
      RetryPolicy retry,
      int timeoutSeconds) {
    this(runnerCommand, requirements, retry, timeoutSeconds, null, null);
  }

  /** Attempts of which each runs for itself. */
  public RunSpec(
      List<String> runnerCommand,
      ResourceRequest requirements,
      RetryPolicy retry,
      int timeoutSeconds,
      @Nullable FileAccess files) {
    this(runnerCommand, requirements, retry, timeoutSeconds, files, null);
  }

  /** The same without the job's secret, for workers. */
  public RunSpec withoutKey() {
    return files == null
        ? this
        : new RunSpec(runnerCommand, requirements, retry, timeoutSeconds, files.withoutKey(), gang);
  }
}
