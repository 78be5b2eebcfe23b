package dev.muster.agent.attempt;

/** Where an attempt stands on this worker. Heartbeats list it in all states but {@link Gone}. */
public sealed interface AttemptState {
  /** Assigned; waits for capacity. */
  record Waiting() implements AttemptState {}

  /** It has its capacity; its process is being started. */
  record Starting() implements AttemptState {}

  /** Its command runs. */
  record Running() implements AttemptState {}

  /**
   * Its command is being killed.
   *
   * @param cause why
   */
  record Stopping(StopCause cause) implements AttemptState {}

  /** It ended, nothing of it is left; the broker does not have the report yet. */
  record Reporting() implements AttemptState {}

  /** Nothing is left to do. */
  record Gone() implements AttemptState {}
}
