package dev.muster.aggregator.webhook;

import java.time.Duration;

/** What becomes of a delivery after an attempt. */
public sealed interface Verdict {
  /** The receiver has it. */
  record Delivered() implements Verdict {}

  /**
   * It is tried again.
   *
   * @param delay not before this
   */
  record Again(Duration delay) implements Verdict {}

  /**
   * Nothing more is tried unless somebody asks for it.
   *
   * @param gone the receiver says that it will never want anything again
   */
  record Exhausted(boolean gone) implements Verdict {}
}
