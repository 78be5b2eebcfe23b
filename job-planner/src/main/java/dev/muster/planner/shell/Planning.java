package dev.muster.planner.shell;

import dev.muster.contracts.id.JobId;
import dev.muster.kit.Tx;
import dev.muster.planner.plan.Decision;
import dev.muster.planner.plan.ItemChunk;
import dev.muster.planner.plan.PlanDecider;
import dev.muster.planner.plan.PlanFact;
import dev.muster.planner.plan.PlanState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/** The decisions of one transaction under way: commands in, states and events out. */
final class Planning {
  private static final Logger LOG = Logger.getLogger(Planning.class);

  private final PlanRepository.Loaded loaded;
  private final PlanPublisher publisher;
  private final Map<JobId, PlanChange> changes = new LinkedHashMap<>();
  private final List<PlanFact> decided = new ArrayList<>();
  private int ignored;

  Planning(PlanRepository.Loaded loaded, PlanPublisher publisher) {
    this.loaded = loaded;
    this.publisher = publisher;
  }

  /** The job as it is by now. */
  PlanChange of(JobId job) {
    PlanChange change = changes.get(job);
    return change == null ? PlanChange.none(loaded.of(job)) : change;
  }

  /** Decides a command. */
  void apply(Inbox.Entry entry) {
    PlanChange change = of(entry.job());
    int sending = entry.sending() == null ? change.sending() : entry.sending();
    if (sending < change.sending()) {
      ignored++;
      log(entry, "Expected the latest sending of the submission, but this is an older one");
      return;
    }
    PlanState state =
        sending > change.sending() ? PlanDecider.anew(change.after()) : change.after();
    switch (PlanDecider.decide(state, entry.command())) {
      case Decision.Rejected rejected -> {
        ignored++;
        log(entry, rejected.reason().sentence());
      }
      case Decision.Accepted accepted -> {
        List<ItemChunk> parked = new ArrayList<>(change.parked());
        for (PlanFact fact : accepted.facts()) {
          state = PlanDecider.evolve(state, fact);
          publisher.publish(entry.job(), entry.traceparent(), fact);
          if (fact instanceof PlanFact.ChunkParked(ItemChunk chunk)) {
            parked.add(chunk);
          }
          log(entry, fact.getClass().getSimpleName());
        }
        decided.addAll(accepted.facts());
        changes.put(
            entry.job(),
            new PlanChange(change.before(), state, sending, parked, entry.traceparent()));
      }
    }
  }

  /** Stores and says what was decided. */
  PlanHandler.Outcome end(Tx tx) {
    Runnable stored = PlanRepository.save(tx, changes);
    publisher.end();
    stored.run();
    return new PlanHandler.Outcome(decided, ignored);
  }

  private static void log(Inbox.Entry entry, String what) {
    LOG.debugf("[%s] %s: %s", entry.traceparent(), entry.job(), what);
  }
}
