package dev.muster.agent.shell;

import dev.muster.contracts.task.AttemptEnd;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntSupplier;

/** Every meter of the agent, named once. No label carries an id. */
final class AgentMetrics {
  private final MeterRegistry registry;
  private final Map<AttemptEnd.Status, Counter> ended = new EnumMap<>(AttemptEnd.Status.class);
  private final Counter fenced;
  private final Counter mailDropped;
  private final Counter reportsResent;
  private final Counter outputDropped;
  private final Counter leftoversKilled;

  AgentMetrics(MeterRegistry registry) {
    this.registry = registry;
    for (AttemptEnd.Status status : AttemptEnd.Status.values()) {
      ended.put(status, registry.counter("worker_attempts_ended", "status", word(status)));
    }
    fenced = registry.counter("worker_fenced");
    mailDropped = registry.counter("worker_mail_dropped");
    reportsResent = registry.counter("worker_reports_resent");
    outputDropped = registry.counter("worker_output_dropped_bytes");
    leftoversKilled = registry.counter("worker_leftovers_killed");
  }

  /** Shows how much the worker holds. */
  void watch(IntSupplier held, WaitingLine line) {
    slots("held", held);
    slots("running", line::placedCount);
    slots("waiting", line::waitingCount);
  }

  /** Shows whether the dispatcher knows the worker. */
  void watch(Session session) {
    Gauge.builder("worker_up", session, s -> s.isWelcomed() ? 1 : 0).register(registry);
  }

  void ended(AttemptEnd.Status status) {
    Counter counter = ended.get(status);
    if (counter != null) {
      counter.increment();
    }
  }

  void fenced() {
    fenced.increment();
  }

  void mailDropped(int leases) {
    mailDropped.increment(leases);
  }

  void reportsResent() {
    reportsResent.increment();
  }

  void outputDropped(long bytes) {
    outputDropped.increment(bytes);
  }

  void leftoversKilled(int processes) {
    leftoversKilled.increment(processes);
  }

  private void slots(String state, IntSupplier count) {
    Gauge.builder("worker_slots", count, IntSupplier::getAsInt)
        .tag("state", state)
        .strongReference(true)
        .register(registry);
  }

  private static String word(AttemptEnd.Status status) {
    return status.name().toLowerCase(Locale.ROOT);
  }
}
