package dev.muster.contracts.task;

import java.math.BigInteger;

/**
 * Payloads of a numeric range cut into chunks (S2-38), made one at a time so that a million of them
 * are one row. Chunk {@code i} of {@code n} over {@code total} covers {@code [total*i/n,
 * total*(i+1)/n)}: the chunks cover the range once and differ in size by at most one. A task's
 * payload is the base with the range field set to the number of elements and {@code _chunk} saying
 * where they lie (D-05).
 *
 * @param payload the base payload: JSON text of an object without the range field and without
 *     {@code _chunk}
 * @param field the name of the range field
 * @param chunks number of chunks
 * @param total length of the range, at least {@code chunks}
 * @param batchSize chunks per task, from 1; 0 without batching
 */
public record ChunkTemplate(String payload, String field, int chunks, long total, int batchSize) {
  public ChunkTemplate {
    if (chunks < 1 || total < chunks || batchSize < 0) {
      throw new IllegalArgumentException(
          "Expected 1 <= chunks <= total and a batch size from 0, but got "
              + chunks
              + " chunks of "
              + total
              + " in batches of "
              + batchSize);
    }
  }

  /** First number of chunk {@code chunk}; the end of the range for {@code chunk == chunks}. */
  public long start(int chunk) {
    return BigInteger.valueOf(total)
        .multiply(BigInteger.valueOf(chunk))
        .divide(BigInteger.valueOf(chunks))
        .longValueExact();
  }

  /** The JSON text of task {@code index}'s payload. */
  public String payloadOf(int index) {
    int first = batchSize == 0 ? index : index * batchSize;
    int end = batchSize == 0 ? index + 1 : Math.min(chunks, first + batchSize);
    String members =
        TaskPayload.quoted(field)
            + ":"
            + (start(end) - start(first))
            + ",\"_chunk\":{\"index\":"
            + index
            + ",\"chunks\":"
            + chunks
            + ",\"start\":"
            + start(first)
            + ",\"end\":"
            + start(end)
            + ",\"total\":"
            + total
            + "}";
    if (batchSize > 0) {
      StringBuilder items = new StringBuilder();
      for (int chunk = first; chunk < end; chunk++) {
        items
            .append(chunk == first ? "" : ",")
            .append("{\"index\":")
            .append(chunk)
            .append(",\"start\":")
            .append(start(chunk))
            .append(",\"end\":")
            .append(start(chunk + 1))
            .append('}');
      }
      members += "," + TaskPayload.batch(index, end - first, chunks, first, items.toString());
    }
    return TaskPayload.with(payload, members);
  }
}
