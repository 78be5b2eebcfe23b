package dev.muster.aggregator.shell.webhook;

import dev.muster.aggregator.webhook.Answer;
import dev.muster.aggregator.webhook.Verdict;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that has ended and is not yet recorded.
 *
 * @param due the delivery
 * @param reply what it came to; null when nothing could be tried yet, which is no attempt
 * @param verdict what becomes of the delivery
 * @param millis how long it took
 * @param pause how long the lane is left alone
 */
record Attempted(Due due, @Nullable Reply reply, Verdict verdict, long millis, Duration pause) {
  boolean isAttempt() {
    return reply != null;
  }

  boolean isFailure() {
    return isAttempt() && !(verdict instanceof Verdict.Delivered);
  }

  boolean isGone() {
    return verdict instanceof Verdict.Exhausted exhausted && exhausted.gone();
  }

  String state() {
    return switch (verdict) {
      case Verdict.Delivered _ -> "delivered";
      case Verdict.Again _ -> "pending";
      case Verdict.Exhausted _ -> "exhausted";
    };
  }

  long delayMillis() {
    return verdict instanceof Verdict.Again again ? again.delay().toMillis() : 0;
  }

  @Nullable Integer status() {
    return reply != null && reply.answer() instanceof Answer.Responded responded
        ? responded.status()
        : null;
  }

  @Nullable String error() {
    return reply != null && reply.answer() instanceof Answer.Failed failed
        ? failed.fault().word()
        : null;
  }
}
