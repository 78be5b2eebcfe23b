package dev.muster.aggregator.job;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.Design;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.FanOut;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.Reduce;
import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.job.RetryPolicy;
import dev.muster.contracts.task.AttemptEnd;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Small valid values for tests. */
public final class Samples {
  public static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  public static final JobId JOB = JobId.of(NOON.toEpochMilli(), 1, 2);

  private Samples() {}

  public static JobSpec spec(int taskCount) {
    return spec(taskCount, null, IndexRanges.EMPTY);
  }

  public static JobSpec spec(int taskCount, @Nullable JobId retryOf, IndexRanges carried) {
    return spec(taskCount, taskCount, retryOf, carried);
  }

  private static JobSpec spec(
      int taskCount, int chunks, @Nullable JobId retryOf, IndexRanges carried) {
    return new JobSpec(
        "acme",
        "default",
        "structured_runner",
        null,
        null,
        List.of(),
        null,
        null,
        List.of("true"),
        "{}",
        new FanOut(FanOut.Shape.CHUNKS, "n", chunks, chunks),
        0,
        taskCount,
        ResourceRequest.DEFAULT,
        RetryPolicy.DEFAULT,
        60,
        0,
        retryOf,
        carried);
  }

  /** A map_reduce of so many maps and one reduce. */
  public static JobSpec mapReduce(int maps) {
    return mapReduce(maps, IndexRanges.EMPTY);
  }

  public static JobSpec mapReduce(int maps, IndexRanges carried) {
    return spec(maps + 1, maps, null, carried)
        .withDesign(
            new Design(
                null, null, null, new Reduce(null, List.of("reduce"), "{}", null, 60, 1_000)));
  }

  public static AttemptEnd success(String result) {
    return new AttemptEnd(AttemptEnd.Status.SUCCEEDED, result, 0, null, null, null, null, 0, 1_500);
  }

  public static AttemptEnd failure(int exitCode) {
    return new AttemptEnd(
        AttemptEnd.Status.FAILED,
        null,
        exitCode,
        null,
        ErrorCode.EXIT_NONZERO,
        "The command exited with " + exitCode + ".",
        "last words",
        10,
        700);
  }

  public static AttemptEnd loss() {
    return new AttemptEnd(
        AttemptEnd.Status.LOST,
        null,
        null,
        null,
        ErrorCode.WORKER_LOST,
        "The worker went away.",
        null,
        0,
        0);
  }
}
