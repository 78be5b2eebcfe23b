package dev.muster.aggregator.shell.webhook;

import dev.muster.aggregator.webhook.Answer;
import org.jspecify.annotations.Nullable;

/**
 * What a call came to.
 *
 * @param answer for the decision
 * @param excerpt the first KiB of the receiver's answer, for the owner to see
 */
record Reply(Answer answer, @Nullable String excerpt) {
  static Reply failed(Answer.Fault fault) {
    return new Reply(new Answer.Failed(fault), null);
  }
}
