package dev.muster.contracts.worker;

import java.util.List;

/**
 * Where an attempt stands in its gang.
 *
 * @param rank its place, from 0
 * @param members where each member can be reached, by rank: host and a port that no other gang
 *     there was given; nothing listens yet
 */
public record GangPlace(int rank, List<String> members) {
  public GangPlace {
    members = List.copyOf(members);
    if (rank < 0 || rank >= members.size()) {
      throw new IllegalArgumentException(
          "Expected a rank below " + members.size() + ", but got " + rank);
    }
  }
}
