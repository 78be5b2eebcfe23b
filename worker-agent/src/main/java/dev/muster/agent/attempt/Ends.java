package dev.muster.agent.attempt;

import dev.muster.agent.attempt.AttemptEvent.Dropped;
import dev.muster.agent.attempt.AttemptEvent.Finished;
import dev.muster.agent.attempt.Decision.Accepted;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.AttemptEnd.Status;
import org.jspecify.annotations.Nullable;

/** What is reported of an attempt that was stopped. */
final class Ends {
  private Ends() {}

  static AttemptEnd cancelledUnstarted() {
    return new AttemptEnd(
        Status.CANCELLED, null, null, null, ErrorCode.CANCELLED_BY_USER, null, null, 0, 0);
  }

  /**
   * What becomes of an attempt that ended while it was being stopped.
   *
   * @param end how its process ended, judged without the cause
   */
  static Decision stopped(StopCause cause, AttemptEnd end) {
    return switch (cause) {
      case TIMEOUT ->
          new Accepted(
              new Finished(
                  as(
                      Status.TIMED_OUT,
                      ErrorCode.TIMEOUT,
                      "The command ran longer than timeout_s allows and was stopped",
                      end)));
      case CANCELLED ->
          new Accepted(new Finished(as(Status.CANCELLED, ErrorCode.CANCELLED_BY_USER, null, end)));
      // What ended well before the signal came is worth a report: the dispatcher takes it if the
      // epoch is still current, and refuses and counts it if not.
      case SHUTDOWN -> lost(end, "The worker stopped before the command ended");
      case FENCED -> lost(end, "The worker had no contact for so long that it ended the command");
      case STALE -> new Accepted(new Dropped());
    };
  }

  private static Decision lost(AttemptEnd end, String why) {
    return new Accepted(
        new Finished(
            end.status() == Status.SUCCEEDED
                ? end
                : as(Status.LOST, ErrorCode.WORKER_LOST, why, end)));
  }

  private static AttemptEnd as(
      Status status, ErrorCode code, @Nullable String error, AttemptEnd end) {
    return new AttemptEnd(
        status,
        null,
        end.exitCode(),
        end.signal(),
        code,
        error,
        end.outputTail(),
        end.outputBytes(),
        end.runMillis());
  }
}
