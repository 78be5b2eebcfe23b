package dev.muster.aggregator.ledger;

import org.jspecify.annotations.Nullable;

/**
 * One transaction of the journal: what it adds to each account. The sum is zero: nothing is made
 * and nothing gets lost.
 *
 * @param kind why
 * @param funding where granted credit comes from
 * @param available what the tenant may still spend
 * @param held set aside for jobs under way
 * @param spent paid for use, the platform's revenue
 */
public record Posting(Kind kind, long funding, long available, long held, long spent) {
  /** Why money moves. */
  public enum Kind {
    /** An administrator gave credit. */
    GRANT,
    /** A job was submitted. */
    HOLD,
    /** Attempts were used. */
    CHARGE,
    /** A job ended. */
    RELEASE
  }

  public Posting {
    long sum = Math.addExact(Math.addExact(funding, available), Math.addExact(held, spent));
    if (sum != 0) {
      throw new IllegalStateException(
          "Expected amounts of a " + kind + " that sum to zero, but they sum to " + sum);
    }
  }

  /** Credit for a tenant. */
  public static Posting grant(long nanos) {
    return new Posting(Kind.GRANT, -nanos, nanos, 0, 0);
  }

  /** What a change of a job's account moves; null when it moves nothing. */
  public static @Nullable Posting of(LedgerChange change) {
    return switch (change) {
      case LedgerChange.Held c ->
          c.nanos() == 0 ? null : new Posting(Kind.HOLD, 0, -c.nanos(), c.nanos(), 0);
      case LedgerChange.Charged c ->
          new Posting(Kind.CHARGE, 0, c.fromHeld() - c.nanos(), -c.fromHeld(), c.nanos());
      case LedgerChange.Released c -> new Posting(Kind.RELEASE, 0, c.nanos(), -c.nanos(), 0);
      case LedgerChange.Opened _, LedgerChange.Used _, LedgerChange.Closed _ -> null;
    };
  }
}
