package dev.muster.dispatcher.gang;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What must happen to a gang now. */
public sealed interface GangVerdict {
  /** Nothing. */
  record Stay() implements GangVerdict {}

  /** Every member has started, and none has ended badly. */
  record Running() implements GangVerdict {}

  /** Every member has succeeded. */
  record Conclude() implements GangVerdict {}

  /**
   * A member is out: the others must be stopped and are tried again with it.
   *
   * @param at when the members that wait may be leased again; null when it is now
   */
  record Repeat(@Nullable Instant at) implements GangVerdict {}

  /** A member failed for good: the others must be stopped, and fail with it. */
  record Fail() implements GangVerdict {}
}
