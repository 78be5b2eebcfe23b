package dev.muster.planner.shell;

import dev.muster.contracts.id.JobId;
import dev.muster.kit.Database;
import dev.muster.kit.OutboxRelay;
import dev.muster.kit.Tx;
import dev.muster.planner.plan.PlanFact;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
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

  /**
   * What a transaction decided, to be counted once it is committed.
   *
   * @param facts what was decided
   * @param ignored how many commands changed nothing
   */
  record Outcome(List<PlanFact> facts, int ignored) {}

  /** Handles the batch; returns when it is committed, and whoever may go on by it goes on. */
  void handle(Inbox inbox, BooleanSupplier running) {
    if (inbox.isEmpty()) {
      return;
    }
    Outcome outcome = decideUntilFirst(running, tx -> decide(tx, inbox));
    relay.wake();
    metrics.committed(outcome.facts(), outcome.ignored(), inbox.dead().size());
    if (!inbox.parents().isEmpty()) {
      release(inbox.parents(), running);
    }
  }

  /**
   * Lets jobs go on that wait for these. A child and the end of its parent may be stored by two
   * planners at the same time: each looks after its own commit, so that the later one sees both.
   * After a crash in between, the batch is read again and looked at again.
   */
  private void release(Set<JobId> parents, BooleanSupplier running) {
    Outcome outcome;
    do {
      outcome = decideUntilFirst(running, tx -> WaitingJobs.release(tx, parents));
      metrics.committed(outcome.facts(), 0, 0);
      relay.wake();
    } while (!outcome.facts().isEmpty() && running.getAsBoolean());
  }

  /**
   * Two instances may read the same records while the group rebalances; one of them starts over.
   */
  private Outcome decideUntilFirst(BooleanSupplier running, Function<Tx, Outcome> work) {
    while (true) {
      try {
        return database.persistently(running, work::apply);
      } catch (LostRaceException e) {
        LOG.infof("%s; deciding again", e.getMessage());
      }
    }
  }

  private static Outcome decide(Tx tx, Inbox inbox) {
    List<JobId> jobs = inbox.entries().stream().map(Inbox.Entry::job).distinct().toList();
    PlanRepository.Loaded loaded = PlanRepository.load(tx, jobs);
    PlanPublisher publisher = new PlanPublisher(tx, loaded.now());
    Planning planning = new Planning(loaded, publisher);
    for (Inbox.Entry entry : inbox.entries()) {
      planning.apply(entry);
    }
    inbox.dead().forEach(publisher::deadLetter);
    return planning.end(tx);
  }
}
