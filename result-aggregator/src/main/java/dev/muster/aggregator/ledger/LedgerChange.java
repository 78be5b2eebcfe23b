package dev.muster.aggregator.ledger;

/** What happened to a job's account. */
public sealed interface LedgerChange {
  /** It is known who pays. */
  record Opened(String tenant) implements LedgerChange {}

  /** The word about the hold was heard; this much was moved from available to held. */
  record Held(long nanos) implements LedgerChange {}

  /** Attempts used this much. */
  record Used(long nanos) implements LedgerChange {}

  /**
   * The tenant paid for use.
   *
   * @param nanos how much
   * @param fromHeld how much of it came from what was held; the rest from available
   */
  record Charged(long nanos, long fromHeld) implements LedgerChange {}

  /** This much was moved from held back to available. */
  record Released(long nanos) implements LedgerChange {}

  /** The job has ended. */
  record Closed() implements LedgerChange {}
}
