package dev.muster.planner.shell;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobState;
import dev.muster.kit.Tx;
import dev.muster.planner.plan.ItemChunk;
import dev.muster.planner.plan.PlanCommand;
import dev.muster.planner.plan.PlanState;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The table {@code planner.edge}: which job waits for which, and what the end of one means. */
final class WaitingJobs {
  /** Jobs that go on in one transaction; a parent may have any number of children. */
  private static final int JOBS_MAX = 32;

  /** Parked parts that are held at once, 128 KiB each. */
  private static final int PARKED_MAX = 16;

  private static final String ENDED =
      """
      SELECT e.child_id, e.traceparent, p.job_id, p.outcome
      FROM (
        SELECT DISTINCT x.child_id FROM planner.edge x JOIN planner.plan y ON y.job_id = x.parent_id
        WHERE x.parent_id = ANY($1) AND y.outcome IS NOT NULL
        ORDER BY x.child_id LIMIT $2) c
      JOIN planner.edge e ON e.child_id = c.child_id
      JOIN planner.plan p ON p.job_id = e.parent_id
      WHERE p.outcome IS NOT NULL
      ORDER BY e.child_id
      """;

  private WaitingJobs() {}

  /** How parents of a job ended, and the trace of its submission. */
  private record Ends(@Nullable String traceparent, Map<JobId, JobState> states) {}

  /** Decides about some jobs that wait for parents of which one of these has ended. */
  static PlanHandler.Outcome release(Tx tx, Set<JobId> parents) {
    Map<JobId, Ends> children = new LinkedHashMap<>();
    for (Row row :
        tx.query(ENDED, parents.stream().map(JobId::value).toArray(String[]::new), JOBS_MAX)) {
      children
          .computeIfAbsent(
              new JobId(row.getString("child_id")),
              child -> new Ends(row.getString("traceparent"), new HashMap<>()))
          .states()
          .put(new JobId(row.getString("job_id")), JobState.valueOf(row.getString("outcome")));
    }
    if (children.isEmpty()) {
      return new PlanHandler.Outcome(List.of(), 0);
    }
    PlanRepository.Loaded loaded = PlanRepository.load(tx, children.keySet());
    Planning planning = new Planning(loaded, new PlanPublisher(tx, loaded.now()));
    children.forEach((child, ends) -> {
      planning.apply(
          new Inbox.Entry(
              child, new PlanCommand.EndParents(ends.states()), ends.traceparent(), null));
      if (loaded.of(child).state() instanceof PlanState.Waiting
          && planning.of(child).after() instanceof PlanState.Planning) {
        planParked(tx, planning, child, ends.traceparent());
      }
    });
    return planning.end(tx);
  }

  /** Plans the listed items that came while the job waited, part by part. */
  private static void planParked(
      Tx tx, Planning planning, JobId job, @Nullable String traceparent) {
    int after = -1;
    while (true) {
      List<ItemChunk> parked = PlanRepository.parked(tx, job, after, PARKED_MAX);
      if (parked.isEmpty()) {
        return;
      }
      for (ItemChunk chunk : parked) {
        planning.apply(new Inbox.Entry(job, new PlanCommand.ListItems(chunk), traceparent, null));
        after = chunk.chunk();
      }
    }
  }

  /** The parents that these jobs wait for. */
  static Map<JobId, SortedSet<JobId>> open(Tx tx, String[] children) {
    Map<JobId, SortedSet<JobId>> open = new HashMap<>();
    for (Row row :
        tx.query(
            "SELECT child_id, parent_id FROM planner.edge WHERE child_id = ANY($1)",
            (Object) children)) {
      open.computeIfAbsent(new JobId(row.getString("child_id")), child -> new TreeSet<>())
          .add(new JobId(row.getString("parent_id")));
    }
    return open;
  }

  /** Writes who waits for whom now. */
  static void save(Tx tx, Map<JobId, PlanChange> changes) {
    Edges gone = new Edges();
    Edges made = new Edges();
    changes.forEach((child, change) -> {
      SortedSet<JobId> before = open(change.before().state());
      SortedSet<JobId> after = open(change.after());
      before.stream().filter(p -> !after.contains(p)).forEach(p -> gone.add(child, p, null));
      after.stream()
          .filter(p -> !before.contains(p))
          .forEach(p -> made.add(child, p, change.traceparent()));
    });
    if (!gone.children.isEmpty()) {
      tx.later(
          "DELETE FROM planner.edge e USING unnest($1::text[], $2::text[]) AS u (child, parent)"
              + " WHERE e.child_id = u.child AND e.parent_id = u.parent",
          texts(gone.children),
          texts(gone.parents));
    }
    if (!made.children.isEmpty()) {
      tx.later(
          "INSERT INTO planner.edge (child_id, parent_id, traceparent)"
              + " SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING",
          texts(made.children),
          texts(made.parents),
          texts(made.traceparents));
    }
  }

  private static SortedSet<JobId> open(PlanState state) {
    return state instanceof PlanState.Waiting waiting ? waiting.open() : new TreeSet<>();
  }

  private static @Nullable String[] texts(Collection<? extends @Nullable String> texts) {
    return texts.toArray(String[]::new);
  }

  /** Columns of edges, for UNNEST. */
  private static final class Edges {
    final List<String> children = new ArrayList<>();
    final List<String> parents = new ArrayList<>();
    final List<@Nullable String> traceparents = new ArrayList<>();

    void add(JobId child, JobId parent, @Nullable String traceparent) {
      children.add(child.value());
      parents.add(parent.value());
      traceparents.add(traceparent);
    }
  }
}
