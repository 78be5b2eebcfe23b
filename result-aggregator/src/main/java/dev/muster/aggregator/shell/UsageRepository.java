package dev.muster.aggregator.shell;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.contracts.worker.GpuDevice;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The table {@code aggregator.usage}: the guard that makes each attempt count once. */
final class UsageRepository {
  private static final String USE =
      """
      INSERT INTO aggregator.usage (job_id, index, epoch, attempt, started_at, ended_at, millis,
        milli_cpus, devices, models, nanos)
      SELECT u.job_id, u.index, u.epoch, u.attempt, u.started_at, u.ended_at, u.millis,
        u.milli_cpus, string_to_array(u.devices, E'\\n'), string_to_array(u.models, E'\\n'), u.nanos
      FROM unnest($1::text[], $2::int[], $3::bigint[], $4::int[], $5::timestamptz[],
        $6::timestamptz[], $7::bigint[], $8::bigint[], $9::text[], $10::text[], $11::bigint[])
        AS u(job_id, index, epoch, attempt, started_at, ended_at, millis, milli_cpus, devices,
          models, nanos)
      ON CONFLICT (job_id, index, epoch) DO NOTHING
      RETURNING job_id, index, epoch, nanos
      """;

  /**
   * A lease, for ever.
   *
   * @param job its job
   * @param index its task
   * @param epoch its number within the task
   */
  record Lease(JobId job, int index, long epoch) {}

  /**
   * What a lease used.
   *
   * @param event what the dispatcher said
   * @param nanos what it costs
   */
  record Use(TaskEvent.AttemptMetered event, long nanos) {}

  /** Sends what leases used; answers with those that were not known before, and their cost. */
  Supplier<Map<Lease, Long>> use(Tx tx, Map<Lease, Use> uses) {
    if (uses.isEmpty()) {
      return Map::of;
    }
    List<Entry<Lease, Use>> rows = List.copyOf(uses.entrySet());
    Supplier<RowSet<Row>> inserted =
        tx.ask(
            USE,
            Columns.texts(rows, r -> r.getKey().job().value()),
            Columns.ints(rows, r -> r.getKey().index()),
            Columns.longs(rows, r -> r.getKey().epoch()),
            Columns.ints(rows, r -> r.getValue().event().attempt()),
            Columns.times(rows, r -> r.getValue().event().startedAt()),
            Columns.times(rows, r -> r.getValue().event().endedAt()),
            Columns.longs(rows, r -> r.getValue().event().millis()),
            Columns.longs(rows, r -> Math.round(r.getValue().event().cpus() * 1_000)),
            Columns.texts(rows, r -> lines(r.getValue().event().devices(), GpuDevice::uuid)),
            Columns.texts(rows, r -> lines(r.getValue().event().devices(), GpuDevice::model)),
            Columns.longs(rows, r -> r.getValue().nanos()));
    return () -> {
      Map<Lease, Long> fresh = new HashMap<>();
      for (Row row : inserted.get()) {
        fresh.put(
            new Lease(
                new JobId(row.getString("job_id")), row.getInteger("index"), row.getLong("epoch")),
            row.getLong("nanos"));
      }
      return fresh;
    };
  }

  /** One text a line; what a worker declares has no use for control characters. */
  private static String lines(List<GpuDevice> devices, Function<GpuDevice, String> part) {
    return devices.stream()
        .map(device -> part.apply(device).replaceAll("\\p{Cntrl}", " "))
        .collect(Collectors.joining("\n"));
  }
}
