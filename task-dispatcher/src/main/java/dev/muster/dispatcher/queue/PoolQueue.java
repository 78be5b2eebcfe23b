package dev.muster.dispatcher.queue;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The waiting jobs of a pool. One thread owns it. */
public final class PoolQueue {
  private final TreeMap<Integer, Map<String, Map<QueuedJob.Need, TreeSet<QueuedJob>>>> levels =
      new TreeMap<>(Comparator.reverseOrder());

  /** Adds a job; adding it twice changes nothing. */
  public void add(QueuedJob job) {
    levels
        .computeIfAbsent(job.priority(), p -> new TreeMap<>())
        .computeIfAbsent(job.tenant(), t -> new LinkedHashMap<>())
        .computeIfAbsent(job.need(), n -> new TreeSet<>(QueuedJob.BY_DUE))
        .add(job);
  }

  /** Takes a job out; taking out one that is not there changes nothing. */
  public void remove(QueuedJob job) {
    Map<String, Map<QueuedJob.Need, TreeSet<QueuedJob>>> tenants = levels.get(job.priority());
    if (tenants == null) {
      return;
    }
    Map<QueuedJob.Need, TreeSet<QueuedJob>> classes = tenants.get(job.tenant());
    if (classes == null) {
      return;
    }
    TreeSet<QueuedJob> jobs = classes.get(job.need());
    if (jobs != null && jobs.remove(job) && jobs.isEmpty()) {
      classes.remove(job.need());
      if (classes.isEmpty()) {
        tenants.remove(job.tenant());
        if (tenants.isEmpty()) {
          levels.remove(job.priority());
        }
      }
    }
  }

  public boolean isEmpty() {
    return levels.isEmpty();
  }

  /**
   * Begins a pass over the queue.
   *
   * @param held what each tenant holds now, in any unit; a tenant that is not in it holds nothing
   */
  public Pass pass(Map<String, Long> held) {
    return new Pass(held);
  }

  /** One pass: asks for the next job until none is left that may find a place. */
  public final class Pass {
    private final Map<String, Long> held;
    private final Set<QueuedJob.Need> blocked = new HashSet<>();

    private Pass(Map<String, Long> held) {
      this.held = new HashMap<>(held);
    }

    /** The job whose turn it is, or null when the pass is over. */
    public @Nullable QueuedJob next() {
      for (Map.Entry<Integer, Map<String, Map<QueuedJob.Need, TreeSet<QueuedJob>>>> level :
          levels.entrySet()) {
        QueuedJob best = null;
        long least = Long.MAX_VALUE;
        for (Map.Entry<String, Map<QueuedJob.Need, TreeSet<QueuedJob>>> tenant :
            level.getValue().entrySet()) {
          long holds = held.getOrDefault(tenant.getKey(), 0L);
          if (holds < least) {
            QueuedJob due = firstDue(tenant.getValue());
            if (due != null) {
              best = due;
              least = holds;
            }
          }
        }
        if (best != null) {
          return best;
        }
      }
      return null;
    }

    /** Whether more than one tenant waits at this job's priority, so that turns must be short. */
    public boolean contended(QueuedJob job) {
      Map<String, ?> tenants = levels.get(job.priority());
      return tenants != null && tenants.size() > 1;
    }

    /** The tenant got so much more. */
    public void granted(QueuedJob job, long weight) {
      held.merge(job.tenant(), weight, Long::sum);
    }

    /** No place was found for what the job needs: its class is passed over from now on. */
    public void block(QueuedJob job) {
      blocked.add(job.need());
    }

    private @Nullable QueuedJob firstDue(Map<QueuedJob.Need, TreeSet<QueuedJob>> classes) {
      QueuedJob best = null;
      for (Map.Entry<QueuedJob.Need, TreeSet<QueuedJob>> entry : classes.entrySet()) {
        QueuedJob first = entry.getValue().first();
        if (!blocked.contains(entry.getKey())
            && (best == null || QueuedJob.BY_DUE.compare(first, best) < 0)) {
          best = first;
        }
      }
      return best;
    }
  }
}
