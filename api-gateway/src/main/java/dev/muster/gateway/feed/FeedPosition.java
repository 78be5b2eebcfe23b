package dev.muster.gateway.feed;

import org.jspecify.annotations.Nullable;

/**
 * What a reader of a tenant's events was told: everything in {@code seen}, and of what {@code
 * until} adds to it the events up to the one numbered {@code after}.
 *
 * @param seen told completely
 * @param until what is being told, or null between two steps
 * @param after the last event told of it; 0 when there is none
 */
public record FeedPosition(Snapshot seen, @Nullable Snapshot until, long after) {
  public FeedPosition {
    if (after < 0 || (until == null && after != 0)) {
      throw new IllegalArgumentException("Expected a place between two snapshots, but got none");
    }
  }

  /** Everything in the snapshot was told, and nothing else. */
  public static FeedPosition at(Snapshot seen) {
    return new FeedPosition(seen, null, 0);
  }

  /**
   * Reads what {@link #text()} wrote.
   *
   * @throws IllegalArgumentException when the text is no position
   */
  public static FeedPosition parse(String text) {
    String[] parts = text.split(" ", -1);
    return switch (parts.length) {
      case 1 -> at(Snapshot.parse(parts[0]));
      case 3 ->
          new FeedPosition(
              Snapshot.parse(parts[0]), Snapshot.parse(parts[1]), Long.parseLong(parts[2]));
      default ->
          throw new IllegalArgumentException("Expected one part or three, but got " + parts.length);
    };
  }

  /** The position as one line of text. */
  public String text() {
    return until == null ? seen.text() : seen.text() + " " + until.text() + " " + after;
  }
}
