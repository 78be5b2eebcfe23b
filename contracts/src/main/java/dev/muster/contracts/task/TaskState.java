package dev.muster.contracts.task;

/** The states of a task (K-02). */
public enum TaskState {
  PENDING,
  READY,
  LEASED,
  RUNNING,
  RETRY_WAIT,
  SUCCEEDED,
  FAILED,
  CANCELLED,
  SKIPPED;

  public boolean isTerminal() {
    return switch (this) {
      case SUCCEEDED, FAILED, CANCELLED, SKIPPED -> true;
      case PENDING, READY, LEASED, RUNNING, RETRY_WAIT -> false;
    };
  }
}
