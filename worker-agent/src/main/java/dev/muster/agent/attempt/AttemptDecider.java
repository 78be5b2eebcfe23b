package dev.muster.agent.attempt;

import dev.muster.agent.attempt.AttemptCommand.Acknowledge;
import dev.muster.agent.attempt.AttemptCommand.End;
import dev.muster.agent.attempt.AttemptCommand.Expire;
import dev.muster.agent.attempt.AttemptCommand.Fence;
import dev.muster.agent.attempt.AttemptCommand.Launched;
import dev.muster.agent.attempt.AttemptCommand.Revoke;
import dev.muster.agent.attempt.AttemptCommand.Shutdown;
import dev.muster.agent.attempt.AttemptCommand.Start;
import dev.muster.agent.attempt.AttemptEvent.Admitted;
import dev.muster.agent.attempt.AttemptEvent.Dropped;
import dev.muster.agent.attempt.AttemptEvent.Finished;
import dev.muster.agent.attempt.AttemptEvent.Reported;
import dev.muster.agent.attempt.AttemptEvent.Returned;
import dev.muster.agent.attempt.AttemptEvent.Started;
import dev.muster.agent.attempt.AttemptEvent.StopRequested;
import dev.muster.agent.attempt.AttemptState.Gone;
import dev.muster.agent.attempt.AttemptState.Reporting;
import dev.muster.agent.attempt.AttemptState.Running;
import dev.muster.agent.attempt.AttemptState.Starting;
import dev.muster.agent.attempt.AttemptState.Stopping;
import dev.muster.agent.attempt.AttemptState.Waiting;
import dev.muster.agent.attempt.Decision.Accepted;
import dev.muster.agent.attempt.Decision.Rejected;
import dev.muster.contracts.worker.MailEvent;

/** The rules of an attempt on the worker. */
public final class AttemptDecider {
  private AttemptDecider() {}

  /** What a command does in a state; every pair has an answer. */
  public static Decision decide(AttemptState state, AttemptCommand command) {
    return switch (state) {
      case Waiting() -> waiting(command);
      case Starting() -> starting(command);
      case Running() -> running(command);
      case Stopping(StopCause cause) -> stopping(cause, command);
      case Reporting() ->
          command instanceof Acknowledge ? accept(new Reported()) : late(state, command);
      case Gone() -> late(state, command);
    };
  }

  /** The state after an event. */
  public static AttemptState evolve(AttemptState state, AttemptEvent event) {
    if (state instanceof Gone) {
      throw new IllegalStateException(
          "Expected nothing after the end of an attempt, but got " + event);
    }
    return switch (event) {
      case Admitted() -> new Starting();
      case Started() -> new Running();
      case StopRequested(StopCause cause) -> new Stopping(cause);
      case Finished(var end) -> new Reporting();
      case Returned() -> new Reporting();
      case Dropped() -> new Gone();
      case Reported() -> new Gone();
    };
  }

  private static Decision waiting(AttemptCommand command) {
    return switch (command) {
      case Start() -> accept(new Admitted());
      case End(var end) -> accept(new Finished(end));
      case Revoke(MailEvent.Reason reason) ->
          switch (reason) {
            case CANCELLED -> accept(new Finished(Ends.cancelledUnstarted()));
            case UNSTARTED_WANTED -> accept(new Returned());
            case STALE -> accept(new Dropped());
          };
      case Fence(), Shutdown() -> accept(new Returned());
      case Launched(), Expire(), Acknowledge() -> late(new Waiting(), command);
    };
  }

  private static Decision starting(AttemptCommand command) {
    return switch (command) {
      case Launched() -> accept(new Started());
      case End(var end) -> accept(new Finished(end));
      case Revoke(MailEvent.Reason reason) -> revokeLive(new Starting(), reason);
      case Fence() -> accept(new StopRequested(StopCause.FENCED));
      case Shutdown() -> accept(new StopRequested(StopCause.SHUTDOWN));
      case Start(), Expire(), Acknowledge() -> late(new Starting(), command);
    };
  }

  private static Decision running(AttemptCommand command) {
    return switch (command) {
      case End(var end) -> accept(new Finished(end));
      case Revoke(MailEvent.Reason reason) -> revokeLive(new Running(), reason);
      case Expire() -> accept(new StopRequested(StopCause.TIMEOUT));
      case Fence() -> accept(new StopRequested(StopCause.FENCED));
      case Shutdown() -> accept(new StopRequested(StopCause.SHUTDOWN));
      case Start(), Launched(), Acknowledge() -> late(new Running(), command);
    };
  }

  private static Decision stopping(StopCause cause, AttemptCommand command) {
    return switch (command) {
      case Launched() -> accept(new StopRequested(cause));
      case End(var end) -> Ends.stopped(cause, end);
      case Revoke(MailEvent.Reason reason) ->
          switch (reason) {
            case CANCELLED -> strengthen(cause, StopCause.CANCELLED);
            case STALE -> strengthen(cause, StopCause.STALE);
            case UNSTARTED_WANTED -> late(new Stopping(cause), command);
          };
      case Fence() -> strengthen(cause, StopCause.FENCED);
      case Start(), Expire(), Shutdown(), Acknowledge() -> late(new Stopping(cause), command);
    };
  }

  private static Decision revokeLive(AttemptState state, MailEvent.Reason reason) {
    return switch (reason) {
      case CANCELLED -> accept(new StopRequested(StopCause.CANCELLED));
      case STALE -> accept(new StopRequested(StopCause.STALE));
      case UNSTARTED_WANTED -> late(state, new Revoke(reason));
    };
  }

  private static Decision strengthen(StopCause from, StopCause to) {
    return to.compareTo(from) > 0
        ? accept(new StopRequested(to))
        : new Rejected("Expected a stronger cause than " + from + ", but got " + to);
  }

  private static Decision accept(AttemptEvent event) {
    return new Accepted(event);
  }

  private static Decision late(AttemptState state, AttemptCommand command) {
    return new Rejected(
        "Expected "
            + command.getClass().getSimpleName()
            + " to apply, but the attempt is "
            + state.getClass().getSimpleName());
  }
}
