package dev.muster.contracts.worker;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.task.AttemptEnd;

/**
 * What a worker says of its attempts on {@code muster.task.results}; a record carries what gathered
 * in a few milliseconds.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ReportEvent.AttemptStarted.class, name = "attempt_started"),
  @JsonSubTypes.Type(value = ReportEvent.AttemptFinished.class, name = "attempt_finished"),
  @JsonSubTypes.Type(value = ReportEvent.AttemptReturned.class, name = "attempt_returned")
})
public sealed interface ReportEvent {
  /** The attempt it is about. */
  AttemptRef attempt();

  /** The command runs. */
  record AttemptStarted(AttemptRef attempt) implements ReportEvent {}

  /** The attempt ended; nothing of it is left on the worker. */
  record AttemptFinished(AttemptRef attempt, AttemptEnd end) implements ReportEvent {}

  /**
   * The worker gives the lease back without having started the command (it drains, or was told to).
   */
  record AttemptReturned(AttemptRef attempt) implements ReportEvent {}
}
