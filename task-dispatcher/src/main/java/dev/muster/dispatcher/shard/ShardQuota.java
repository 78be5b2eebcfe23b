package dev.muster.dispatcher.shard;

import java.util.Set;
import java.util.TreeSet;

/** How many shards an instance should own, and which of them it gives back. */
public final class ShardQuota {
  private ShardQuota() {}

  /**
   * The part of one instance. The parts of all instances sum to the shards and differ by at most
   * one; the oldest instances have the larger ones.
   *
   * @param shards how many shards there are
   * @param older how many living instances are older than this one
   * @param living how many instances live, this one included
   */
  public static int of(int shards, int older, int living) {
    if (older < 0 || older >= living) {
      throw new IllegalArgumentException(
          "Expected this instance among the " + living + " that live, but " + older + " are older");
    }
    return shards / living + (older < shards % living ? 1 : 0);
  }

  /**
   * What is given back so that no more than the quota is kept: the highest numbers.
   *
   * @param owned the owned shards
   * @param quota how many may stay
   */
  public static Set<Integer> surplus(Set<Integer> owned, int quota) {
    TreeSet<Integer> kept = new TreeSet<>(owned);
    Set<Integer> surplus = new TreeSet<>();
    while (kept.size() > quota) {
      surplus.add(kept.removeLast());
    }
    return surplus;
  }
}
