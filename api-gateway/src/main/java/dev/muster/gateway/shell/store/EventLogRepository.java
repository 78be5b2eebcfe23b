package dev.muster.gateway.shell.store;

import dev.muster.contracts.job.JobEvent;
import dev.muster.gateway.feed.FeedPosition;
import dev.muster.gateway.feed.Snapshot;
import dev.muster.kit.Json;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the numbered events of many jobs in the order in which they were written, from one snapshot
 * to a later one. An event that is committed late lies between the snapshots of its commit, so it
 * is read then; a counter would have passed it by.
 */
public final class EventLogRepository {
  /** The statement's own snapshot decides what it sees, and is returned with it. */
  private static final String READ =
      "SELECT s.now::text AS now, e.tx::text AS tx, e.position, e.body"
          + " FROM (SELECT pg_current_snapshot() AS now) s"
          + " LEFT JOIN aggregator.job_event e ON e.tenant = ANY($1)"
          + " AND (e.tenant = ANY($2) OR e.job_id = ANY($3))"
          + " AND e.tx >= pg_snapshot_xmin($4::text::pg_snapshot)"
          + " AND NOT pg_visible_in_snapshot(e.tx, $4::text::pg_snapshot)"
          + " AND ($5::text IS NULL OR pg_visible_in_snapshot(e.tx, $5::text::pg_snapshot))"
          + " AND e.position > $6"
          + " ORDER BY e.position LIMIT $7";

  private final Pool pool;
  private final DatabaseWatch watch;

  public EventLogRepository(Pool pool, DatabaseWatch watch) {
    this.pool = pool;
    this.watch = watch;
  }

  /**
   * An event and where it lies.
   *
   * @param tx the transaction that wrote it
   * @param position its place among all events
   */
  public record Logged(JobEvent event, long tx, long position) {}

  /**
   * Events between two snapshots, oldest first.
   *
   * @param seen the earlier one
   * @param until the later one
   * @param complete whether these are all; otherwise more lie after the last
   */
  public record Page(List<Logged> events, Snapshot seen, Snapshot until, boolean complete) {
    /** Where a reader stands that was told all of the page. */
    public FeedPosition end() {
      return complete
          ? FeedPosition.at(until)
          : new FeedPosition(seen, until, events.getLast().position());
    }
  }

  /**
   * What to read; an event is read when its tenant or its job is named.
   *
   * @param within the tenants of both
   * @param tenants all jobs of these
   * @param jobs these jobs
   */
  public record Selection(
      Collection<String> within, Collection<String> tenants, Collection<String> jobs) {
    /** All jobs of a tenant. */
    public static Selection all(String tenant) {
      return new Selection(List.of(tenant), List.of(tenant), List.of());
    }

    /** Some jobs of a tenant. */
    public static Selection some(String tenant, Collection<String> jobs) {
      return new Selection(List.of(tenant), List.of(), jobs);
    }
  }

  /** What a reader sees that begins now. */
  public Snapshot now() {
    Row row =
        watch
            .await(pool.preparedQuery("SELECT pg_current_snapshot()::text").execute())
            .iterator()
            .next();
    return Snapshot.parse(row.getString(0));
  }

  /** The next events after a position. */
  public Page read(Selection selection, FeedPosition from, int limit) {
    @Nullable Snapshot until = from.until();
    List<Logged> events = new ArrayList<>();
    for (Row row :
        watch.await(
            pool.preparedQuery(READ)
                .execute(
                    Tuple.tuple()
                        .addArrayOfString(selection.within().toArray(String[]::new))
                        .addArrayOfString(selection.tenants().toArray(String[]::new))
                        .addArrayOfString(selection.jobs().toArray(String[]::new))
                        .addString(from.seen().text())
                        .addString(until == null ? null : until.text())
                        .addLong(from.after())
                        .addInteger(limit)))) {
      if (until == null) {
        until = Snapshot.parse(row.getString("now"));
      }
      if (row.getString("body") != null) {
        events.add(
            new Logged(
                Json.read(row.getString("body"), JobEvent.class),
                Long.parseLong(row.getString("tx")),
                row.getLong("position")));
      }
    }
    if (until == null) {
      throw new IllegalStateException("Expected a snapshot with every answer, but there is none");
    }
    return new Page(events, from.seen(), until, events.size() < limit);
  }
}
