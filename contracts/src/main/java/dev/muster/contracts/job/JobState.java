package dev.muster.contracts.job;

/**
 * The canonical job states (K-01). Non-terminal states have a rank that only grows; {@code
 * CANCELING} stands beside them; nothing leaves a terminal state.
 */
public enum JobState {
  UPLOADING(0),
  PLANNING(1),
  BLOCKED(2),
  QUEUED(3),
  ASSIGNED(4),
  RUNNING(5),
  FINALIZING(6),
  CANCELING(7),
  COMPLETED(8),
  PARTIAL(8),
  FAILED(8),
  CANCELLED(8),
  EXPIRED(8);

  private final int rank;

  JobState(int rank) {
    this.rank = rank;
  }

  /** How far the job has come; equal for all terminal states. */
  public int rank() {
    return rank;
  }

  public boolean isTerminal() {
    return rank == 8;
  }

  /**
   * The word of the native API (contract.md 4.4, column S2).
   *
   * @param lastShown the word before a cancellation was asked for, shown while {@code CANCELING}
   */
  public String nativeWord(String lastShown) {
    return switch (this) {
      case UPLOADING, PLANNING -> "planning";
      case BLOCKED, QUEUED, ASSIGNED -> "queued";
      case RUNNING, FINALIZING -> "running";
      case CANCELING -> lastShown;
      case COMPLETED -> "completed";
      case PARTIAL -> "partial";
      case FAILED, EXPIRED -> "failed";
      case CANCELLED -> "cancelled";
    };
  }
}
