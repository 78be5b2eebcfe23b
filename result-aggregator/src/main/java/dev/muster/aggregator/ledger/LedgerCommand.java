package dev.muster.aggregator.ledger;

/** What may be asked of a job's account; any of it more than once, in any order. */
public sealed interface LedgerCommand {
  /**
   * The submission is known.
   *
   * @param tenant who pays
   */
  record Open(String tenant) implements LedgerCommand {}

  /**
   * Set something aside.
   *
   * @param tenant who pays
   * @param nanos how much, from 0
   */
  record Hold(String tenant, long nanos) implements LedgerCommand {}

  /**
   * Attempts were used that were not counted before.
   *
   * @param nanos what they cost, from 0
   */
  record Use(long nanos) implements LedgerCommand {}

  /** The job has ended; what is still held goes back. */
  record Close() implements LedgerCommand {}
}
