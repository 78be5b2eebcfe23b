package dev.muster.agent.shell;

import dev.muster.agent.attempt.AttemptState;
import dev.muster.agent.output.AttemptOutput;
import dev.muster.agent.shell.files.Bringing;
import dev.muster.agent.shell.process.Launcher.Child;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.task.RunSpec;
import dev.muster.contracts.worker.MailEvent.Assignment;
import dev.muster.kit.trace.Span;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** An attempt on this worker, from its assignment until the broker has its report. */
final class HeldAttempt {
  private final AttemptRef ref;
  private final RunSpec run;
  private final Assignment assignment;
  private final @Nullable String traceparent;
  private final @Nullable Span span;
  private final AttemptOutput output;

  /** Guarded by the desk. */
  AttemptState state = new AttemptState.Waiting();

  /** Guarded by the desk: whether it holds capacity. */
  boolean placed;

  /** Set when its process runs. */
  volatile @Nullable Child child;

  /** The files that were brought for it. */
  volatile Bringing.Ready brought = Bringing.Ready.nothing();

  /** When its process was started, by the monotonic clock. */
  volatile long startedNanos;

  /** Ends its time; guarded by the desk. */
  @Nullable Future<?> timeout;

  /** When its output was last sent; used by the output sender alone. */
  long flushedNanos;

  HeldAttempt(
      AttemptRef ref,
      RunSpec run,
      Assignment assignment,
      @Nullable String traceparent,
      @Nullable Span span,
      AttemptOutput output) {
    this.ref = ref;
    this.run = run;
    this.assignment = assignment;
    this.traceparent = span == null ? traceparent : span.traceparent();
    this.span = span;
    this.output = output;
  }

  AttemptRef ref() {
    return ref;
  }

  RunSpec run() {
    return run;
  }

  Assignment assignment() {
    return assignment;
  }

  /** The trace context of all that the attempt does: its own part of the trace if there is one. */
  @Nullable String traceparent() {
    return traceparent;
  }

  /** Its part of a trace that is recorded, or null. */
  @Nullable Span span() {
    return span;
  }

  AttemptOutput output() {
    return output;
  }
}
