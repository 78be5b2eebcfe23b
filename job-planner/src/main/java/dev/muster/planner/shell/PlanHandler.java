package dev.muster.planner.shell;

import dev.muster.contracts.id.JobId;
import dev.muster.kit.Database;
import dev.muster.kit.OutboxRelay;
import dev.muster.kit.Tx;
import dev.muster.planner.plan.Decision;
import dev.muster.planner.plan.PlanDecider;
import dev.muster.planner.plan.PlanFact;
import dev.muster.planner.plan.PlanState;
import dev.muster.planner.shell.PlanRepository.Stored;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/** Loads, decides, stores and sends a batch in one transaction; the only caller of the decider. */
@Singleton
class PlanHandler {
  private static final Logger LOG = Logger.getLogger(PlanHandler.class);

  private final Database database;
  private final OutboxRelay relay;
  private final PlannerMetrics metrics;

  PlanHandler(Database database, OutboxRelay relay, PlannerMetrics metrics) {
    this.database = database;
    this.relay = relay;
    this.metrics = metrics;
  }

  /** What a transaction decided, to be counted once it is committed. */
  private record Outcome(List<PlanFact> facts, int ignored) {}

  /** Handles the batch; returns when it is committed. */
  void handle(Inbox inbox, BooleanSupplier running) {
    if (inbox.isEmpty()) {
      return;
    }
    Outcome outcome = decideUntilFirst(inbox, running);
    relay.wake();
    metrics.committed(outcome.facts(), outcome.ignored(), inbox.dead().size());
  }

  /**
   * Two instances may read the same records while the group rebalances; one of them starts over.
   */
  private Outcome decideUntilFirst(Inbox inbox, BooleanSupplier running) {
    while (true) {
      try {
        return database.persistently(running, tx -> decide(tx, inbox));
      } catch (LostRaceException e) {
        LOG.infof("%s; deciding again", e.getMessage());
      }
    }
  }

  private static Outcome decide(Tx tx, Inbox inbox) {
    List<JobId> jobs = inbox.entries().stream().map(Inbox.Entry::job).distinct().toList();
    PlanRepository.Loaded loaded = PlanRepository.load(tx, jobs);
    PlanPublisher publisher = new PlanPublisher(tx, loaded.now());
    Map<JobId, PlanChange> changes = new LinkedHashMap<>();
    List<PlanFact> decided = new ArrayList<>();
    int ignored = 0;
    for (Inbox.Entry entry : inbox.entries()) {
      Stored before = loaded.of(entry.job());
      PlanChange change =
          changes.getOrDefault(
              entry.job(), new PlanChange(before, before.state(), before.sending()));
      int sending = entry.sending() == null ? change.sending() : entry.sending();
      if (sending < change.sending()) {
        ignored++;
        log(entry, "Expected the latest sending of the submission, but this is an older one");
        continue;
      }
      if (sending > change.sending()) {
        change = new PlanChange(before, PlanDecider.anew(change.after()), sending);
      }
      switch (PlanDecider.decide(change.after(), entry.command())) {
        case Decision.Rejected rejected -> {
          ignored++;
          log(entry, rejected.reason().sentence());
        }
        case Decision.Accepted accepted -> {
          PlanState state = change.after();
          for (PlanFact fact : accepted.facts()) {
            state = PlanDecider.evolve(state, fact);
            publisher.publish(entry.job(), entry.traceparent(), fact);
            log(entry, fact.getClass().getSimpleName());
          }
          decided.addAll(accepted.facts());
          changes.put(entry.job(), new PlanChange(before, state, sending));
        }
      }
    }
    inbox.dead().forEach(publisher::deadLetter);
    Runnable stored = PlanRepository.save(tx, changes);
    publisher.end();
    stored.run();
    return new Outcome(decided, ignored);
  }

  private static void log(Inbox.Entry entry, String what) {
    LOG.debugf("[%s] %s: %s", entry.traceparent(), entry.job(), what);
  }
}
