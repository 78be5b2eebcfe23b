package dev.muster.agent.attempt;

import dev.muster.contracts.task.AttemptEnd;

/** What was decided about an attempt; the shell does what follows from it. */
public sealed interface AttemptEvent {
  /** It takes its capacity: start the process. */
  record Admitted() implements AttemptEvent {}

  /** Its command runs: report it, and start its clock. */
  record Started() implements AttemptEvent {}

  /**
   * Kill its process group.
   *
   * @param cause why
   */
  record StopRequested(StopCause cause) implements AttemptEvent {}

  /**
   * Report its end.
   *
   * @param end the report
   */
  record Finished(AttemptEnd end) implements AttemptEvent {}

  /** Report that the lease is given back unused. */
  record Returned() implements AttemptEvent {}

  /** Forget it without a word. */
  record Dropped() implements AttemptEvent {}

  /** The report arrived: forget it. */
  record Reported() implements AttemptEvent {}
}
