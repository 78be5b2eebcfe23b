package dev.muster.aggregator.shell;

import dev.muster.aggregator.output.OutputState;
import dev.muster.contracts.id.JobId;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/** The table {@code aggregator.task_output}: row ⇄ {@link OutputState}. */
final class OutputRepository {
  private static final String LOCK =
      """
      SELECT o.* FROM unnest($1::text[], $2::int[]) AS k(job_id, index)
      JOIN aggregator.task_output AS o USING (job_id, index)
      ORDER BY job_id, index FOR UPDATE OF o
      """;

  private static final String SAVE =
      """
      INSERT INTO aggregator.task_output AS o
        (job_id, index, attempt, epoch, head, tail, cut, bytes, gaps, progress, progress_epoch,
        head_errors, tail_errors, updated_at)
      SELECT n.*, now()
      FROM unnest($1::text[], $2::int[], $3::int[], $4::bigint[], $5::text[], $6::text[],
        $7::bigint[], $8::bigint[], $9::int[], $10::text[], $11::bigint[], $12::text[],
        $13::text[]) AS n
      ON CONFLICT (job_id, index) DO UPDATE SET attempt = excluded.attempt,
        epoch = excluded.epoch, head = excluded.head, tail = excluded.tail, cut = excluded.cut,
        bytes = excluded.bytes, gaps = excluded.gaps, progress = excluded.progress,
        progress_epoch = excluded.progress_epoch, head_errors = excluded.head_errors,
        tail_errors = excluded.tail_errors, updated_at = excluded.updated_at
      WHERE excluded.epoch >= o.epoch
      """;

  /** A head that did not change stays where it lies: 64 KiB less for every piece of output. */
  private static final String SAVE_SAME_HEAD =
      """
      UPDATE aggregator.task_output AS o SET tail = n.tail, cut = n.cut, bytes = n.bytes,
        gaps = n.gaps, progress = n.progress, progress_epoch = n.progress_epoch,
        tail_errors = n.tail_errors, updated_at = now()
      FROM unnest($1::text[], $2::int[], $3::text[], $4::bigint[], $5::bigint[], $6::int[],
        $7::text[], $8::bigint[], $9::text[])
        AS n(job_id, index, tail, cut, bytes, gaps, progress, progress_epoch, tail_errors)
      WHERE o.job_id = n.job_id AND o.index = n.index
      """;

  /** Locks and reads the output of these tasks; one without output has no row. */
  Map<TaskKey, OutputState> lock(Tx tx, Collection<TaskKey> keys) {
    Map<TaskKey, OutputState> known = new HashMap<>();
    for (Row row :
        tx.query(
            LOCK,
            Columns.texts(keys, key -> key.job().value()),
            Columns.ints(keys, TaskKey::index))) {
      known.put(
          new TaskKey(new JobId(row.getString("job_id")), row.getInteger("index")),
          new OutputState(
              row.getInteger("attempt"),
              row.getLong("epoch"),
              row.getString("head"),
              row.getString("tail"),
              row.getString("head_errors"),
              row.getString("tail_errors"),
              row.getLong("cut"),
              row.getLong("bytes"),
              row.getInteger("gaps"),
              row.getString("progress"),
              progressEpoch(row)));
    }
    return known;
  }

  /** Writes the changed outputs, given what {@link #lock} had read. */
  void save(Tx tx, Map<TaskKey, OutputState> changed, Map<TaskKey, OutputState> known) {
    List<Entry<TaskKey, OutputState>> same =
        changed.entrySet().stream().filter(row -> hasSameHead(row, known)).toList();
    List<Entry<TaskKey, OutputState>> fresh =
        changed.entrySet().stream().filter(row -> !hasSameHead(row, known)).toList();
    if (!fresh.isEmpty()) {
      saveFresh(tx, fresh);
    }
    if (!same.isEmpty()) {
      tx.update(
          SAVE_SAME_HEAD,
          Columns.texts(same, row -> row.getKey().job().value()),
          Columns.ints(same, row -> row.getKey().index()),
          Columns.texts(same, row -> row.getValue().tail()),
          Columns.longs(same, row -> row.getValue().cut()),
          Columns.longs(same, row -> row.getValue().bytes()),
          Columns.ints(same, row -> row.getValue().gaps()),
          Columns.texts(same, row -> row.getValue().progress()),
          Columns.longs(same, row -> row.getValue().progressEpoch()),
          Columns.texts(same, row -> row.getValue().tailErrors()));
    }
  }

  private static void saveFresh(Tx tx, List<Entry<TaskKey, OutputState>> rows) {
    tx.update(
        SAVE,
        Columns.texts(rows, row -> row.getKey().job().value()),
        Columns.ints(rows, row -> row.getKey().index()),
        Columns.ints(rows, row -> row.getValue().attempt()),
        Columns.longs(rows, row -> row.getValue().epoch()),
        Columns.texts(rows, row -> row.getValue().head()),
        Columns.texts(rows, row -> row.getValue().tail()),
        Columns.longs(rows, row -> row.getValue().cut()),
        Columns.longs(rows, row -> row.getValue().bytes()),
        Columns.ints(rows, row -> row.getValue().gaps()),
        Columns.texts(rows, row -> row.getValue().progress()),
        Columns.longs(rows, row -> row.getValue().progressEpoch()),
        Columns.texts(rows, row -> row.getValue().headErrors()),
        Columns.texts(rows, row -> row.getValue().tailErrors()));
  }

  /** Before it had a column of its own, progress was of the attempt that wrote the output. */
  private static long progressEpoch(Row row) {
    Long epoch = row.getLong("progress_epoch");
    return epoch != null ? epoch : row.getString("progress") == null ? 0 : row.getLong("epoch");
  }

  private static boolean hasSameHead(
      Entry<TaskKey, OutputState> row, Map<TaskKey, OutputState> known) {
    @Nullable OutputState before = known.get(row.getKey());
    return before != null
        && before.epoch() == row.getValue().epoch()
        && before.head().equals(row.getValue().head());
  }
}
