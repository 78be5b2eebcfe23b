package dev.muster.contracts;

import java.time.Instant;
import java.util.List;

/**
 * The body of every internal record: all that one transaction, or one flush of a worker, has to say
 * about one key.
 *
 * @param at when it was decided: the database's time, or the worker's for what only a worker knows
 * @param events in the order in which they happened, at least one
 * @param <E> the topic's event family
 */
public record Message<E>(Instant at, List<E> events) {
  public Message {
    events = List.copyOf(events);
    if (events.isEmpty()) {
      throw new IllegalArgumentException("Expected a message with at least one event");
    }
  }
}
