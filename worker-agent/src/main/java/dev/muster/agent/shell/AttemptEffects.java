package dev.muster.agent.shell;

import dev.muster.agent.attempt.StopCause;
import dev.muster.contracts.worker.ReportEvent;
import org.jspecify.annotations.Nullable;

/** What follows from decisions about attempts. None of it blocks: the desk holds its lock. */
interface AttemptEffects {
  /** Start the attempt's process; the desk hears later how it went. */
  void start(HeldAttempt attempt);

  /** Its command runs: watch its time. */
  void started(HeldAttempt attempt);

  /** Kill what runs of it. */
  void stop(HeldAttempt attempt, StopCause cause);

  /** Tell the dispatcher. */
  void report(ReportEvent report, @Nullable String traceparent);
}
