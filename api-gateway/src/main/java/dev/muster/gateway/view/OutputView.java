package dev.muster.gateway.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a job's commands wrote, as the API shows it. */
public record OutputView(
    String jobId,
    String output,
    List<TaskOutput> tasks,
    @Nullable String nextCursor,
    boolean hasMore) {
  /**
   * What one task wrote.
   *
   * @param attempt the attempt that wrote it
   * @param output its beginning and its end, with a mark of what is left out between them
   * @param outputBytes all bytes the attempt wrote
   * @param truncated whether something between beginning and end is left out
   */
  public record TaskOutput(
      int index, int attempt, String output, long outputBytes, boolean truncated) {}
}
