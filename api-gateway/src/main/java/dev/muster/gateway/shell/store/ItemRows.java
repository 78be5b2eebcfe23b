package dev.muster.gateway.shell.store;

import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.SubmissionEvent;
import dev.muster.gateway.submission.Submission;
import dev.muster.kit.OutboxRow;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.List;

/** Writes the listed items of a job, and announces them, part by part. */
final class ItemRows {
  private ItemRows() {}

  /** Takes the items from where the draft says they are. */
  static void insert(Tx tx, Draft draft, Instant now) {
    switch (draft.items()) {
      case Draft.ItemOrigin.Body(var source) ->
          draft.submission().parts(source, part -> insertPart(tx, draft, part, now));
      case Draft.ItemOrigin.Earlier(var job) -> copyItems(tx, draft, job, now);
    }
  }

  private static void insertPart(Tx tx, Draft draft, Submission.Part part, Instant now) {
    tx.later(
        "INSERT INTO gateway.item_chunk (job_id, chunk, first_item, items)"
            + " VALUES ($1, $2, $3, $4)",
        draft.job().value(),
        part.chunk(),
        part.firstItem(),
        part.items().toArray(String[]::new));
    tx.send(
        List.of(
            OutboxRow.of(
                Topic.SUBMISSIONS,
                draft.job(),
                draft.traceparent(),
                now,
                List.of(
                    new SubmissionEvent.JobItemsListed(
                        draft.job(), part.chunk(), part.firstItem(), part.items())))));
  }

  private static void copyItems(Tx tx, Draft draft, JobId earlier, Instant now) {
    for (int chunk = 0; ; chunk++) {
      var rows =
          tx.query(
              "SELECT first_item, items FROM gateway.item_chunk WHERE job_id = $1 AND chunk = $2",
              earlier.value(),
              chunk);
      if (rows.size() == 0) {
        return;
      }
      Row row = rows.iterator().next();
      List<String> items = List.of(row.getArrayOfStrings("items"));
      insertPart(tx, draft, new Submission.Part(chunk, row.getInteger("first_item"), items), now);
    }
  }
}
