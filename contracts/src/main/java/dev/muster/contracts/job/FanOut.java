package dev.muster.contracts.job;

import org.jspecify.annotations.Nullable;

/**
 * How one payload becomes the items of a job (S2-36 to S2-39).
 *
 * @param shape which of the four shapes
 * @param field {@code BY}: the payload field that was split; {@code CHUNKS}: the range field; else
 *     null
 * @param items how many items there are before batching, 1 to 1,000,000; for {@code CHUNKS} the
 *     number of chunks
 * @param total {@code CHUNKS}: the length of the range, from {@code items}; else 0
 */
public record FanOut(Shape shape, @Nullable String field, int items, long total) {
  /** A job without fan-out: one task. */
  public static final FanOut NONE = new FanOut(Shape.NONE, null, 1, 0);

  /** The shapes of S2, mutually exclusive. */
  public enum Shape {
    /** One task with the payload as it is. */
    NONE,
    /** One task per element of a payload array; items are listed. */
    BY,
    /** One task per given payload object; items are listed. */
    ITEMS,
    /** A numeric range cut into chunks; nothing is listed. */
    CHUNKS
  }

  /** Whether the items follow the submission in {@link SubmissionEvent.JobItemsListed} chunks. */
  public boolean listed() {
    return shape == Shape.BY || shape == Shape.ITEMS;
  }
}
