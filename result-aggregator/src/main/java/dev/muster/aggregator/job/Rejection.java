package dev.muster.aggregator.job;

/** Why a command changes nothing. All of them are ordinary on an at-least-once transport. */
public enum Rejection {
  /** The job is terminal. */
  JOB_OVER,
  /** It was heard before. */
  ALREADY_KNOWN,
  /** The job is not finalizing, and its cancellation is not done. */
  NOT_READY
}
