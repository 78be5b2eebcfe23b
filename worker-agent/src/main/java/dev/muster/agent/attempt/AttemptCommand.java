package dev.muster.agent.attempt;

import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.worker.MailEvent;

/** What may happen to an attempt on this worker. */
public sealed interface AttemptCommand {
  /** Capacity is free for it. */
  record Start() implements AttemptCommand {}

  /** Its process was started. */
  record Launched() implements AttemptCommand {}

  /**
   * Its process and all descendants are gone, or it could not be started.
   *
   * @param end how it ended by itself
   */
  record End(AttemptEnd end) implements AttemptCommand {}

  /**
   * The dispatcher takes the lease back.
   *
   * @param reason why
   */
  record Revoke(MailEvent.Reason reason) implements AttemptCommand {}

  /** Its time is up. */
  record Expire() implements AttemptCommand {}

  /** The agent has had no contact for so long that its leases may be over. */
  record Fence() implements AttemptCommand {}

  /** The agent stops. */
  record Shutdown() implements AttemptCommand {}

  /** The broker has the report of its end. */
  record Acknowledge() implements AttemptCommand {}
}
