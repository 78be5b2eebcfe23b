package dev.muster.dispatcher.pool;

import dev.muster.contracts.id.JobId;

/**
 * Why tasks of a job wait.
 *
 * @param job the job
 * @param pool where they wait
 * @param reason the reason as a word for programs
 * @param detail the same in one sentence; names no worker
 * @param ahead jobs of the pool with waiting tasks that are older or have a higher priority
 * @param waiting its tasks that wait for a worker
 * @param live its attempts that hold a lease
 */
public record Explanation(
    JobId job, String pool, Reason reason, String detail, int ahead, int waiting, int live) {
  /** Why. */
  public enum Reason {
    /** The pool has no worker that takes work. */
    NO_WORKER,
    /** No worker is large enough for one attempt, even when it is empty. */
    TOO_LARGE,
    /** Workers are large enough, and all of them are busy. */
    BUSY,
    /** There is room for some members of a gang, and not for all at once. */
    GANG,
    /** A worker has room; the job is about to be served, or others come first. */
    NEXT,
    /** What waits has failed before and waits for its next attempt. */
    RETRY
  }
}
