package dev.muster.consumer;

import java.util.Optional;
import java.util.Set;

/** The consumer under test, or a thin coat around it. */
public interface JobConsumer {
  /** Takes one record. Whatever is in it, it must not throw. */
  void accept(Delivery record);

  /** What it knows of a job now; empty when nothing. */
  Optional<Known> job(String job);

  /** The jobs of which it knows that a number is missing. */
  Set<String> gaps();

  /**
   * What a consumer knows of a job.
   *
   * @param seq the last number it has applied
   * @param state the canonical state after it
   * @param succeeded tasks that have succeeded
   */
  record Known(long seq, String state, int succeeded) {}
}
