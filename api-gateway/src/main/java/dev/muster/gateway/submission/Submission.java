package dev.muster.gateway.submission;

import dev.muster.contracts.job.JobSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request that was found valid.
 *
 * @param spec what is handed to the other services
 * @param shownPayload the payload as submitted, where the spec's base payload differs from it; null
 *     where they are the same or it is too large to be shown
 * @param omitted the member left out of the payload shown because of its size, if any
 * @param items where the listed items lie in the body; null when nothing is listed
 */
public record Submission(
    JobSpec spec,
    @Nullable String shownPayload,
    @Nullable String omitted,
    @Nullable Elements items) {
  /**
   * A part of the listed items: whole tasks, at most {@link Limits#PART_BYTES_MAX} bytes or {@link
   * Limits#PART_TASKS_MAX} tasks, but at least one task.
   *
   * @param chunk its number, from 0
   * @param firstItem the place of its first item in the job
   * @param items JSON documents, byte for byte
   */
  public record Part(int chunk, int firstItem, List<String> items) {}

  /** Hands out the parts of the listed items one by one, so that only one is held at a time. */
  public void parts(Source source, Consumer<Part> consumer) {
    if (items == null) {
      return;
    }
    int perTask = Math.max(1, spec.batchSize());
    int chunk = 0;
    int first = 0;
    while (first < items.count()) {
      int end = partEnd(items, first, perTask);
      List<String> texts = new ArrayList<>(end - first);
      for (int item = first; item < end; item++) {
        texts.add(items.text(source, item));
      }
      consumer.accept(new Part(chunk++, first, texts));
      first = end;
    }
  }

  private static int partEnd(Elements items, int first, int perTask) {
    int end = first;
    long bytes = 0;
    for (int tasks = 0; tasks < Limits.PART_TASKS_MAX && end < items.count(); tasks++) {
      int taskEnd = Math.min(items.count(), end + perTask);
      for (int item = end; item < taskEnd; item++) {
        bytes += items.bytes(item);
      }
      if (tasks > 0 && bytes > Limits.PART_BYTES_MAX) {
        break;
      }
      end = taskEnd;
    }
    return end;
  }
}
