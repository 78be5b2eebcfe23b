package dev.muster.dispatcher.shell;

import dev.muster.contracts.Topic;
import dev.muster.dispatcher.pool.Explanation;
import dev.muster.dispatcher.pool.PoolState;
import dev.muster.dispatcher.pool.Pools;
import dev.muster.kit.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Why jobs wait, written for the gateway to read beside whatever else is committed. Costs nothing
 * while no job waits.
 */
final class Explanations {
  /** Twice this, and a slow commit, is below the five seconds that an explanation is worth. */
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private static final int JOBS_MAX = 1_000;

  private final Alarm alarm = new Alarm(INTERVAL);

  /** What is to be written; null when nothing is. */
  private @Nullable List<Explanation> waiting;

  /** Whether rows may be there, of this owner or of the one before. */
  private boolean rows = true;

  /** Looks, when it is time, who waits; that nobody does any more is worth writing once. */
  void look(Pools pools, Instant now) {
    if (!alarm.due()) {
      return;
    }
    List<Explanation> found = new ArrayList<>();
    for (PoolState pool : pools.all()) {
      found.addAll(pool.waiting(now, JOBS_MAX - found.size()));
    }
    waiting = rows || !found.isEmpty() ? found : null;
  }

  /** Shards were taken over: rows of their last owner may be there. */
  void inherit() {
    rows = true;
  }

  /** Whether something is to be written. */
  boolean isDirty() {
    return waiting != null;
  }

  /** The transaction that wrote is committed. */
  void written() {
    rows = waiting == null ? rows : !waiting.isEmpty();
    waiting = null;
  }

  /**
   * Puts what was found in the place of all earlier rows of the shards; waits for nothing.
   *
   * @param shards shards that are owned
   */
  void write(Tx tx, Set<Integer> shards) {
    List<Explanation> found = waiting;
    if (found == null) {
      return;
    }
    int n = found.size();
    String[] jobs = new String[n];
    Integer[] shardOf = new Integer[n];
    String[] pools = new String[n];
    String[] reasons = new String[n];
    String[] details = new String[n];
    Integer[] ahead = new Integer[n];
    Integer[] tasks = new Integer[n];
    Integer[] live = new Integer[n];
    for (int i = 0; i < n; i++) {
      Explanation one = found.get(i);
      jobs[i] = one.job().value();
      shardOf[i] = Topic.shardOf(one.pool());
      pools[i] = one.pool();
      reasons[i] = one.reason().name().toLowerCase(Locale.ROOT);
      details[i] = one.detail();
      ahead[i] = one.ahead();
      tasks[i] = one.waiting();
      live[i] = one.live();
    }
    tx.later(
        "DELETE FROM dispatcher.explanation WHERE shard = ANY($1) AND NOT (job_id = ANY($2))",
        shards.toArray(Integer[]::new),
        jobs);
    tx.later(
        "INSERT INTO dispatcher.explanation"
            + " (job_id, shard, pool, reason, detail, ahead, waiting, live, at)"
            + " SELECT u.*, now() FROM unnest($1::text[], $2::int[], $3::text[], $4::text[],"
            + " $5::text[], $6::int[], $7::int[], $8::int[]) u"
            + " ON CONFLICT (job_id) DO UPDATE SET shard = EXCLUDED.shard, pool = EXCLUDED.pool,"
            + " reason = EXCLUDED.reason, detail = EXCLUDED.detail, ahead = EXCLUDED.ahead,"
            + " waiting = EXCLUDED.waiting, live = EXCLUDED.live, at = EXCLUDED.at",
        jobs,
        shardOf,
        pools,
        reasons,
        details,
        ahead,
        tasks,
        live);
  }
}
