package dev.muster.agent.shell;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.worker.ReportEvent;
import dev.muster.kit.trace.Span;
import dev.muster.kit.trace.Tracing;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a trace shows of an attempt: one span from the mail that brought it to its end. The command
 * gets it as its parent. Nothing that a command wrote is in it.
 *
 * @param tracing makes the spans
 */
record AttemptSpans(Tracing tracing) {
  /** The attempt came; null when its trace is not recorded. */
  @Nullable Span begin(AttemptRef ref, @Nullable String traceparent) {
    Span span = tracing.begin(Tracing.Kind.INTERNAL, "attempt", traceparent);
    return span == null
        ? null
        : span.with("muster.job.id", ref.job().external())
            .with("muster.task.index", ref.index())
            .with("muster.attempt.number", ref.attempt())
            .with("muster.lease.epoch", ref.epoch());
  }

  /** Its command runs. */
  static void started(@Nullable Span span) {
    if (span != null) {
      span.event("started");
    }
  }

  /**
   * It is over.
   *
   * @param span its span, if it has one
   * @param report what the dispatcher is told, or null when the agent may not speak of it any more
   */
  static void end(@Nullable Span span, @Nullable ReportEvent report) {
    if (span == null) {
      return;
    }
    switch (report) {
      case null -> span.with("muster.attempt.status", "dropped").fail("dropped");
      case ReportEvent.AttemptStarted started ->
          throw new IllegalStateException("Expected the end of an attempt, but it started");
      case ReportEvent.AttemptReturned returned ->
          span.with("muster.attempt.status", "returned").end();
      case ReportEvent.AttemptFinished finished -> end(span, finished.end());
    }
  }

  private static void end(Span span, AttemptEnd end) {
    span.with("muster.attempt.status", word(end.status()));
    if (end.exitCode() != null) {
      span.with("process.exit.code", end.exitCode());
    }
    if (end.signal() != null) {
      span.with("muster.attempt.signal", end.signal());
    }
    if (end.status() == AttemptEnd.Status.SUCCEEDED) {
      span.end();
    } else {
      span.fail(word(end.errorCode() == null ? end.status() : end.errorCode()));
    }
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
