package dev.muster.dispatcher.placement;

import dev.muster.contracts.job.ResourceRequest;
import java.util.List;

/** Finds places for attempts that need the same. */
@FunctionalInterface
public interface PlacementPolicy {
  /**
   * @param rooms what the workers that take work have free
   * @param request the minimums of each attempt
   * @param wanted how many places are wanted, from 1
   * @return at most so many places, together within the rooms
   */
  List<Placement> place(List<Room> rooms, ResourceRequest request, int wanted);
}
