package dev.muster.aggregator.job;

import java.util.List;

/**
 * The stages of a job that has several.
 *
 * @param ends the index after the last task of each stage; empty for a job of one stage
 * @param completed how many are known to be complete, the last never among them: that is the end
 */
public record StageFacts(List<Integer> ends, int completed) {
  /** A job of one stage. */
  public static final StageFacts ONE = new StageFacts(List.of(), 0);

  public StageFacts {
    ends = List.copyOf(ends);
  }

  /**
   * Whether a stage is under way that others come after, and these were all tasks up to its end.
   */
  boolean isEnd(int finished) {
    return completed < ends.size() - 1 && finished == ends.get(completed);
  }

  StageFacts next() {
    return new StageFacts(ends, completed + 1);
  }
}
