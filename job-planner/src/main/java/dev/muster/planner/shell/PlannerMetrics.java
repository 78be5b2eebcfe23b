package dev.muster.planner.shell;

import dev.muster.kit.OutboxRelay;
import dev.muster.planner.plan.PlanFact;
import dev.muster.planner.plan.TaskSplitter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.Collection;

/** Every meter of the planner, named once. */
@Singleton
public class PlannerMetrics {
  private final Counter jobsPlanned;
  private final Counter jobsHeld;
  private final Counter jobsRefused;
  private final Counter tasksPlanned;
  private final Counter commandsIgnored;
  private final Counter deadLetters;

  PlannerMetrics(MeterRegistry registry, OutboxRelay relay) {
    jobsPlanned = registry.counter("jobs.planned");
    jobsHeld = registry.counter("jobs.held");
    jobsRefused = registry.counter("jobs.refused");
    tasksPlanned = registry.counter("tasks.planned");
    commandsIgnored = registry.counter("plan.commands.ignored");
    deadLetters = registry.counter("dead.letters", "service", "job-planner");
    Gauge.builder("outbox.pending", relay, r -> r.lag().pending()).register(registry);
    Gauge.builder("outbox.oldest.age", relay, r -> r.lag().oldestAge().toMillis() / 1000.0)
        .baseUnit("seconds")
        .register(registry);
  }

  /** Counts what a committed batch decided. */
  void committed(Collection<PlanFact> facts, int ignored, int dead) {
    for (PlanFact fact : facts) {
      switch (fact) {
        case PlanFact.JobAccepted accepted -> jobsPlanned.increment();
        case PlanFact.AllTasksPlanned _, PlanFact.StagePlanned _, PlanFact.ChunkPlanned _ ->
            tasksPlanned.increment(TaskSplitter.plannedBy(fact));
        case PlanFact.PlanRefused refused -> jobsRefused.increment();
        case PlanFact.JobHeld held -> jobsHeld.increment();
        case PlanFact.ParentsMet _, PlanFact.ChunkParked _, PlanFact.PlanClosed _ -> {}
        case PlanFact.JobEnded _ -> {}
      }
    }
    commandsIgnored.increment(ignored);
    deadLetters.increment(dead);
  }
}
