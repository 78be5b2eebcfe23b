package dev.muster.gateway.shell.store;

import dev.muster.contracts.id.JobId;

/** What became of a {@link Draft}. */
public sealed interface Outcome {
  /**
   * The job is durable; or it was made by the same request earlier.
   *
   * @param job its id
   * @param answer the body of the first answer, byte for byte
   * @param replayed whether it was made earlier
   */
  record Committed(JobId job, String answer, boolean replayed) implements Outcome {}

  /** The Idempotency-Key was used for another request. */
  record Mismatch() implements Outcome {}

  /**
   * The tenant's account does not cover the job.
   *
   * @param holdNanos what would be set aside, in billionths of a US dollar
   * @param freeNanos what there is
   */
  record Uncovered(long holdNanos, long freeNanos) implements Outcome {}

  /**
   * It depends on an entry of the same batch that did not become a job.
   *
   * @param parent the id that entry would have had
   */
  record Orphaned(JobId parent) implements Outcome {}

  /** The first request with this Idempotency-Key is still running. */
  record Running() implements Outcome {}
}
