package dev.muster.planner.plan;

import java.util.List;

/**
 * A part of a job's listed items.
 *
 * @param chunk the part's number, from 0
 * @param firstItem place of its first item in the job, from 0
 * @param items JSON documents as the user wrote them, at least one
 */
public record ItemChunk(int chunk, int firstItem, List<String> items) {
  public ItemChunk {
    items = List.copyOf(items);
  }
}
