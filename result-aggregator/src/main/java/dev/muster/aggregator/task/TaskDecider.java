package dev.muster.aggregator.task;

import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.contracts.task.TaskState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Merges the dispatcher's words into what is known of a task. A word is newer when its epoch is
 * higher, or equal and its rank within the epoch is higher (leased, running, given back or waiting
 * for a retry, ended); everything else is a repeat or late. Nothing follows a terminal state.
 */
public final class TaskDecider {
  private TaskDecider() {}

  /**
   * The task after an event and what it did to the counts.
   *
   * @param facts the task after it; the same object when the event was a repeat or late
   * @param delta what to add to the job's counts
   */
  public record Merged(TaskFacts facts, TaskDelta delta) {}

  /**
   * Merges one event.
   *
   * @param at when the dispatcher decided it
   */
  public static Merged merge(TaskFacts facts, TaskEvent event, Instant at) {
    return switch (event) {
      case TaskEvent.TaskLeased e ->
          isNewer(facts, e.epoch(), TaskState.LEASED)
              ? moved(facts, lease(facts, e, at))
              : unchanged(facts);
      case TaskEvent.TaskStarted e ->
          isNewer(facts, e.epoch(), TaskState.RUNNING)
              ? moved(facts, start(facts, e, at))
              : unchanged(facts);
      case TaskEvent.TaskReturned e ->
          isNewer(facts, e.epoch(), TaskState.READY)
              ? moved(facts, waiting(facts, TaskState.READY, e.attempt(), e.epoch()))
              : unchanged(facts);
      case TaskEvent.TaskRetrying e ->
          isNewer(facts, e.epoch(), TaskState.RETRY_WAIT)
              ? retrying(facts, e, at)
              : unchanged(facts);
      case TaskEvent.TaskSucceeded e ->
          ended(facts, TaskState.SUCCEEDED, e.attempt(), e.epoch(), e.end(), at);
      case TaskEvent.TaskFailed e ->
          ended(facts, TaskState.FAILED, e.attempt(), e.epoch(), e.end(), at);
      // Two are about the job as a whole: its tasks are settled when it is concluded. What an
      // attempt used is the ledger's.
      case TaskEvent.TasksCancelled _, TaskEvent.JobStopped _, TaskEvent.AttemptMetered _ ->
          unchanged(facts);
    };
  }

  private static boolean isNewer(TaskFacts facts, long epoch, TaskState to) {
    return !facts.state().isTerminal()
        && (epoch > facts.epoch() || (epoch == facts.epoch() && rank(to) > rank(facts.state())));
  }

  private static int rank(TaskState state) {
    return switch (state) {
      case PENDING -> 0;
      case LEASED -> 1;
      case RUNNING -> 2;
      case READY, RETRY_WAIT -> 3;
      case SUCCEEDED, FAILED, CANCELLED, SKIPPED -> 4;
    };
  }

  private static Merged unchanged(TaskFacts facts) {
    return new Merged(facts, TaskDelta.NONE);
  }

  private static Merged moved(TaskFacts from, TaskFacts to) {
    return new Merged(to, TaskDelta.of(from.state(), to.state()));
  }

  private static TaskFacts lease(TaskFacts facts, TaskEvent.TaskLeased e, Instant at) {
    return new TaskFacts(
        TaskState.LEASED,
        e.attempt(),
        e.epoch(),
        e.worker().value(),
        at,
        null,
        null,
        null,
        facts.history(),
        facts.lastFailed(),
        facts.lastFailedTail());
  }

  private static TaskFacts start(TaskFacts facts, TaskEvent.TaskStarted e, Instant at) {
    boolean leaseKnown = e.epoch() == facts.epoch();
    return new TaskFacts(
        TaskState.RUNNING,
        e.attempt(),
        e.epoch(),
        leaseKnown ? facts.worker() : null,
        leaseKnown ? facts.leasedAt() : null,
        at,
        null,
        null,
        facts.history(),
        facts.lastFailed(),
        facts.lastFailedTail());
  }

  private static TaskFacts waiting(TaskFacts facts, TaskState state, int attempt, long epoch) {
    return new TaskFacts(
        state,
        attempt,
        epoch,
        null,
        null,
        null,
        null,
        null,
        facts.history(),
        facts.lastFailed(),
        facts.lastFailedTail());
  }

  private static Merged retrying(TaskFacts facts, TaskEvent.TaskRetrying e, Instant at) {
    EndedAttempt attempt = attempt(facts, e.attempt(), e.epoch(), e.end(), at);
    TaskFacts to =
        new TaskFacts(
            TaskState.RETRY_WAIT,
            e.attempt(),
            e.epoch(),
            null,
            null,
            null,
            null,
            null,
            append(facts.history(), attempt),
            attempt,
            e.end().outputTail());
    return new Merged(
        to,
        TaskDelta.of(facts.state(), to.state())
            .withEnd(e.end().status() == AttemptEnd.Status.LOST, true, ran(e.end())));
  }

  private static Merged ended(
      TaskFacts facts, TaskState state, int attempt, long epoch, AttemptEnd end, Instant at) {
    if (!isNewer(facts, epoch, state)) {
      return unchanged(facts);
    }
    EndedAttempt ended = attempt(facts, attempt, epoch, end, at);
    boolean badly = state == TaskState.FAILED;
    boolean leaseKnown = epoch == facts.epoch();
    TaskFacts to =
        new TaskFacts(
            state,
            attempt,
            epoch,
            ended.worker(),
            leaseKnown ? facts.leasedAt() : null,
            ended.startedAt(),
            at,
            end,
            append(facts.history(), ended),
            badly ? ended : facts.lastFailed(),
            badly ? end.outputTail() : facts.lastFailedTail());
    return new Merged(
        to,
        TaskDelta.of(facts.state(), state)
            .withEnd(end.status() == AttemptEnd.Status.LOST, false, true));
  }

  private static EndedAttempt attempt(
      TaskFacts facts, int attempt, long epoch, AttemptEnd end, Instant at) {
    boolean leaseKnown = epoch == facts.epoch();
    @Nullable Instant started = leaseKnown ? facts.startedAt() : null;
    if (started == null && ran(end)) {
      // Start and end came in one report of the worker, and the dispatcher told only the end.
      started = at.minusMillis(end.runMillis());
    }
    return new EndedAttempt(
        attempt,
        epoch,
        end.status(),
        leaseKnown ? facts.worker() : null,
        started,
        at,
        end.exitCode(),
        end.signal(),
        end.errorCode(),
        end.error(),
        end.runMillis());
  }

  private static boolean ran(AttemptEnd end) {
    return end.exitCode() != null || end.signal() != null;
  }

  private static List<EndedAttempt> append(List<EndedAttempt> history, EndedAttempt attempt) {
    List<EndedAttempt> longer = new ArrayList<>(history);
    longer.removeIf(known -> known.attempt() == attempt.attempt());
    longer.add(attempt);
    return longer;
  }
}
