package dev.muster.aggregator.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The record of a user's wish to end a job; it is apart from the job's state.
 *
 * @param state how the wish fares
 * @param reason the user's words, up to 500 characters
 * @param requestedAt when the wish was heard
 * @param endedAt when it was granted or refused
 */
public record Cancellation(
    State state, @Nullable String reason, Instant requestedAt, @Nullable Instant endedAt) {
  /** How a cancellation fares; the lower-case names are the words of the API. */
  public enum State {
    /** Asked for, not decided or not done yet. */
    CANCELING,
    /** The job is cancelled. */
    CANCELED,
    /** It came too late: the job was finalizing or over. */
    FAILED
  }

  Cancellation settled(State outcome, Instant at) {
    return new Cancellation(outcome, reason, requestedAt, at);
  }
}
