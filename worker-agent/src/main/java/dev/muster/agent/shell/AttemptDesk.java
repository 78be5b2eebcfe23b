package dev.muster.agent.shell;

import dev.muster.agent.attempt.AttemptCommand;
import dev.muster.agent.attempt.AttemptDecider;
import dev.muster.agent.attempt.AttemptEvent;
import dev.muster.agent.attempt.AttemptState;
import dev.muster.agent.attempt.Decision;
import dev.muster.agent.output.AttemptOutput;
import dev.muster.agent.shell.RecentEnds.TaskKey;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.worker.MailEvent;
import dev.muster.contracts.worker.MailEvent.Assignment;
import dev.muster.contracts.worker.MailEvent.AttemptsAssigned;
import dev.muster.contracts.worker.MailEvent.AttemptsRevoked;
import dev.muster.contracts.worker.ReportEvent;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Every attempt on this worker. Each thing that happens comes here, is decided by {@link
 * AttemptDecider} under one lock, and becomes effects. Before anything else each call looks at the
 * lease: an agent that was frozen must not act on what it held.
 */
final class AttemptDesk {
  private static final Logger LOG = Logger.getLogger(AttemptDesk.class);

  private final Session session;
  private final WaitingLine line;
  private final AttemptEffects effects;
  private final AgentMetrics metrics;
  private final Outputs outputs;
  private final AttemptSpans spans;
  private final Map<AttemptRef, HeldAttempt> held = new LinkedHashMap<>();
  private final Map<TaskKey, HeldAttempt> latest = new HashMap<>();
  private final RecentEnds recent = new RecentEnds();
  private boolean draining;
  private boolean full;
  private boolean admitting;

  /** Makes what takes an attempt's output. */
  @FunctionalInterface
  interface Outputs {
    /** For a new attempt. */
    AttemptOutput of(AttemptRef ref, Assignment assignment);
  }

  AttemptDesk(
      Session session,
      WaitingLine line,
      Outputs outputs,
      AttemptEffects effects,
      AttemptSpans spans,
      AgentMetrics metrics) {
    this.session = session;
    this.line = line;
    this.outputs = outputs;
    this.effects = effects;
    this.spans = spans;
    this.metrics = metrics;
    metrics.watch(this::heldCount, line);
  }

  /** New leases came, perhaps again. */
  synchronized void assigned(AttemptsAssigned mail) {
    checkLease();
    if (!session.accepts(mail.incarnation())) {
      metrics.mailDropped(mail.attempts().size());
      return;
    }
    for (Assignment assignment : mail.attempts()) {
      assign(mail, assignment);
    }
    admit();
  }

  /** Leases were taken back. */
  synchronized void revoked(AttemptsRevoked mail) {
    checkLease();
    for (AttemptRef ref : mail.attempts()) {
      HeldAttempt attempt = held.get(ref);
      if (attempt != null) {
        apply(attempt, new AttemptCommand.Revoke(mail.reason()));
      }
    }
    admit();
  }

  /** Its process runs. */
  synchronized void launched(HeldAttempt attempt) {
    checkLease();
    apply(attempt, new AttemptCommand.Launched());
  }

  /** Its process is gone with all descendants, or never was. */
  synchronized void ended(HeldAttempt attempt, AttemptEnd end) {
    checkLease();
    line.release(attempt);
    apply(attempt, new AttemptCommand.End(end));
    admit();
  }

  /** Its time is up. */
  synchronized void expired(HeldAttempt attempt) {
    checkLease();
    apply(attempt, new AttemptCommand.Expire());
  }

  /** The broker has these reports. */
  synchronized void acknowledged(Collection<AttemptRef> refs) {
    for (AttemptRef ref : refs) {
      HeldAttempt attempt = held.get(ref);
      if (attempt != null) {
        apply(attempt, new AttemptCommand.Acknowledge());
      }
    }
  }

  /** Takes nothing new from now on and gives back what has not started. */
  synchronized void drain() {
    draining = true;
    giveBackWaiting();
  }

  private void giveBackWaiting() {
    List.copyOf(held.values()).stream()
        .filter(attempt -> attempt.state instanceof AttemptState.Waiting)
        .forEach(attempt -> apply(attempt, new AttemptCommand.Shutdown()));
  }

  /** Whether the disk is full: then nothing new is taken, until it is not. */
  synchronized void full(boolean now) {
    if (now && !full) {
      giveBackWaiting();
    }
    full = now;
  }

  /** Stops everything that runs. */
  synchronized void shutDown() {
    drain();
    List.copyOf(held.values()).forEach(attempt -> apply(attempt, new AttemptCommand.Shutdown()));
  }

  /** Fences the worker when its lease ran out. */
  synchronized void checkLease() {
    if (session.fenceIfDue(System.nanoTime())) {
      metrics.fenced();
      LOG.warnf(
          "Expected word from the broker within five sixths of the lease, but none came:"
              + " %d attempts are killed and dropped",
          held.size());
      List.copyOf(held.values()).forEach(attempt -> apply(attempt, new AttemptCommand.Fence()));
    }
  }

  /** Every attempt the worker holds, for the heartbeat. */
  synchronized List<AttemptRef> refs() {
    return List.copyOf(held.keySet());
  }

  synchronized boolean isDraining() {
    return draining || full;
  }

  /** Whether no process of an attempt is left and none waits. */
  synchronized boolean isIdle() {
    return held.values().stream()
        .allMatch(attempt -> attempt.state instanceof AttemptState.Reporting);
  }

  synchronized int heldCount() {
    return held.size();
  }

  private void assign(AttemptsAssigned mail, Assignment assignment) {
    AttemptRef ref =
        new AttemptRef(mail.job(), assignment.index(), assignment.attempt(), assignment.epoch());
    TaskKey task = TaskKey.of(ref);
    HeldAttempt known = latest.get(task);
    RecentEnds.Entry ended = recent.find(task);
    long knownEpoch =
        Math.max(known == null ? 0 : known.ref().epoch(), ended == null ? 0 : ended.ref().epoch());
    if (ref.epoch() < knownEpoch || held.containsKey(ref)) {
      metrics.mailDropped(1);
      return;
    }
    if (ended != null && ended.ref().equals(ref) && ended.report() != null) {
      effects.report(ended.report(), mail.traceparent());
      return;
    }
    if (known != null) {
      apply(known, new AttemptCommand.Revoke(MailEvent.Reason.STALE));
    }
    HeldAttempt attempt =
        new HeldAttempt(
            ref,
            mail.run(),
            assignment,
            mail.traceparent(),
            spans.begin(ref, mail.traceparent()),
            outputs.of(ref, assignment));
    held.put(ref, attempt);
    latest.put(task, attempt);
    if (draining || full) {
      apply(attempt, new AttemptCommand.Shutdown());
    } else {
      line.add(attempt);
    }
  }

  /** Starts what fits. A start may end at once and free its capacity: the loop sees that too. */
  private void admit() {
    if (admitting) {
      return;
    }
    admitting = true;
    try {
      for (HeldAttempt next = line.next(); next != null; next = line.next()) {
        apply(next, new AttemptCommand.Start());
      }
    } finally {
      admitting = false;
    }
  }

  private void apply(HeldAttempt attempt, AttemptCommand command) {
    switch (AttemptDecider.decide(attempt.state, command)) {
      case Decision.Accepted(AttemptEvent event) -> {
        attempt.state = AttemptDecider.evolve(attempt.state, event);
        follow(attempt, event);
      }
      case Decision.Rejected(String reason) -> LOG.debugf("%s: %s", attempt.ref(), reason);
    }
  }

  private void follow(HeldAttempt attempt, AttemptEvent event) {
    switch (event) {
      case AttemptEvent.Admitted() -> effects.start(attempt);
      case AttemptEvent.Started() -> {
        effects.started(attempt);
        AttemptSpans.started(attempt.span());
        report(attempt, new ReportEvent.AttemptStarted(attempt.ref()));
      }
      case AttemptEvent.StopRequested(var cause) -> effects.stop(attempt, cause);
      case AttemptEvent.Finished(AttemptEnd end) -> {
        metrics.ended(end.status());
        over(attempt, new ReportEvent.AttemptFinished(attempt.ref(), end));
      }
      case AttemptEvent.Returned() -> over(attempt, new ReportEvent.AttemptReturned(attempt.ref()));
      case AttemptEvent.Dropped() -> {
        over(attempt, null);
        forget(attempt);
      }
      case AttemptEvent.Reported() -> forget(attempt);
    }
  }

  private void over(HeldAttempt attempt, @Nullable ReportEvent report) {
    if (attempt.timeout != null) {
      attempt.timeout.cancel(false);
    }
    line.remove(attempt);
    recent.add(attempt.ref(), report);
    AttemptSpans.end(attempt.span(), report);
    if (report != null) {
      report(attempt, report);
    }
  }

  private void report(HeldAttempt attempt, ReportEvent report) {
    effects.report(report, attempt.traceparent());
  }

  private void forget(HeldAttempt attempt) {
    held.remove(attempt.ref());
    latest.remove(TaskKey.of(attempt.ref()), attempt);
  }
}
