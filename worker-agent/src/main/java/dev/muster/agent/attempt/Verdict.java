package dev.muster.agent.attempt;

import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.AttemptEnd.Status;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt ended, judged from what its process left: exit 0 and a valid result file is
 * success, anything else is a failure with its code (S2-21, K-04).
 */
public final class Verdict {
  /** What PyTorch, the CUDA driver, its runtime and JAX print when device memory is short. */
  private static final List<String> CUDA_OOM_TEXTS =
      List.of(
          "CUDA out of memory",
          "torch.OutOfMemoryError",
          "torch.cuda.OutOfMemoryError",
          "CUDA_ERROR_OUT_OF_MEMORY",
          "cudaErrorMemoryAllocation",
          "RESOURCE_EXHAUSTED: Out of memory");

  private Verdict() {}

  /**
   * What the process left.
   *
   * @param exitCode its exit code, or null when a signal ended it
   * @param signal the signal, or null when it exited
   * @param outputTail the last of what it wrote
   * @param outputBytes how much it wrote
   * @param runMillis how long it ran
   */
  public record Remains(
      @Nullable Integer exitCode,
      @Nullable Integer signal,
      String outputTail,
      long outputBytes,
      long runMillis) {}

  /**
   * Judges an attempt whose process ran.
   *
   * @param failure how the command named its failure, if it did; told only where it exits with
   *     another code than 0
   */
  public static AttemptEnd of(
      Remains remains, ResultReading result, @Nullable NamedFailure failure) {
    Integer exitCode = remains.exitCode();
    return exitCode != null && exitCode != 0 && failure != null
        ? failed(remains, failure.code(), failure.error())
        : of(remains, result);
  }

  /** Judges an attempt whose process ran and did not name its failure. */
  public static AttemptEnd of(Remains remains, ResultReading result) {
    Integer exitCode = remains.exitCode();
    if (exitCode == null) {
      return failed(
          remains, ErrorCode.EXIT_NONZERO, "The command was ended by signal " + remains.signal());
    }
    if (exitCode != 0) {
      return failed(remains, ErrorCode.EXIT_NONZERO, "The command exited with code " + exitCode);
    }
    return switch (result) {
      case ResultReading.Valid(String text) ->
          new AttemptEnd(
              Status.SUCCEEDED,
              text,
              exitCode,
              null,
              null,
              null,
              null,
              remains.outputBytes(),
              remains.runMillis());
      case ResultReading.Missing() ->
          failed(
              remains,
              ErrorCode.RESULT_MISSING,
              "Expected a result file at MUSTER_TASK_RESULT, but the command exited without writing one");
      case ResultReading.Invalid(String reason) ->
          failed(remains, ErrorCode.RESULT_INVALID, reason);
    };
  }

  /** The command itself cannot be started: its owner must change it. */
  public static AttemptEnd startFailed(String reason) {
    return unstarted(Status.FAILED, ErrorCode.START_FAILED, reason);
  }

  /** Looked at before the command started: its owner must change what the code names. */
  public static AttemptEnd named(ErrorCode code, String reason) {
    return unstarted(Status.FAILED, code, reason);
  }

  /** What the payload asks for cannot be had: its owner must change it. */
  public static AttemptEnd inputFailed(String reason) {
    return unstarted(Status.FAILED, ErrorCode.INPUT_INVALID, reason);
  }

  /** What the project requires cannot be resolved; the resolver says why. */
  public static AttemptEnd requirementsFailed(String line) {
    return unstarted(Status.FAILED, ErrorCode.REQUIREMENTS_RESOLUTION_FAILED, line);
  }

  /** What the command left cannot be kept: its owner must change it. */
  public static AttemptEnd artifactRefused(String reason) {
    return unstarted(Status.FAILED, ErrorCode.RESULT_INVALID, reason);
  }

  /** The worker's disk is full: another worker may have room. */
  public static AttemptEnd noSpace() {
    return workerFailed("no-space: Expected room on the worker's disk, but there is none");
  }

  /** The worker could not run the attempt: another try may work. */
  public static AttemptEnd workerFailed(String reason) {
    return unstarted(Status.LOST, ErrorCode.INTERNAL, reason);
  }

  private static AttemptEnd unstarted(Status status, ErrorCode code, String reason) {
    return new AttemptEnd(status, null, null, null, code, reason, null, 0, 0);
  }

  private static AttemptEnd failed(Remains remains, ErrorCode code, String error) {
    boolean outOfDeviceMemory =
        code == ErrorCode.EXIT_NONZERO
            && CUDA_OOM_TEXTS.stream().anyMatch(remains.outputTail()::contains);
    return new AttemptEnd(
        Status.FAILED,
        null,
        remains.exitCode(),
        remains.signal(),
        outOfDeviceMemory ? ErrorCode.CUDA_OOM : code,
        outOfDeviceMemory ? "The command ran out of GPU memory; " + lower(error) : error,
        remains.outputTail(),
        remains.outputBytes(),
        remains.runMillis());
  }

  private static String lower(String sentence) {
    return Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
  }
}
