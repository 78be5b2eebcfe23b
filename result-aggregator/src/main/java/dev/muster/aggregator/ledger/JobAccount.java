package dev.muster.aggregator.ledger;

import org.jspecify.annotations.Nullable;

/**
 * Where a job's money is.
 *
 * @param tenant who pays; null until the submission is known
 * @param holdKnown whether the word about its hold was heard
 * @param held what is set aside for it now, from 0
 * @param cost what its attempts have used, from 0; never falls
 * @param charged how much of the cost the tenant has paid, from 0 to {@code cost}
 * @param over whether the job has ended
 */
public record JobAccount(
    @Nullable String tenant, boolean holdKnown, long held, long cost, long charged, boolean over) {
  /** A job that nothing was said of yet. */
  public static final JobAccount NONE = new JobAccount(null, false, 0, 0, 0, false);

  public JobAccount {
    if (held < 0 || charged < 0 || charged > cost) {
      throw new IllegalStateException(
          "Expected amounts that add up, but held is "
              + held
              + ", cost "
              + cost
              + " and charged "
              + charged);
    }
  }
}
