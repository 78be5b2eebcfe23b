package dev.muster.dispatcher.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.muster.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ShardQuotaTest {
  @Test
  void oneInstanceOwnsAll() {
    assertThat(ShardQuota.of(4, 0, 1)).isEqualTo(4);
  }

  @Test
  void partsSumToAllAndDifferByAtMostOne() {
    for (int shards = 1; shards <= 40; shards++) {
      for (int living = 1; living <= 50; living++) {
        int sum = 0;
        int least = Integer.MAX_VALUE;
        int most = 0;
        for (int older = 0; older < living; older++) {
          int part = ShardQuota.of(shards, older, living);
          sum += part;
          least = Math.min(least, part);
          most = Math.max(most, part);
        }
        assertThat(sum).isEqualTo(shards);
        assertThat(most - least).isLessThanOrEqualTo(1);
      }
    }
  }

  @Test
  void instanceThatDoesNotLiveHasNoPart() {
    assertThatIllegalArgumentException().isThrownBy(() -> ShardQuota.of(4, 2, 2));
  }

  /** Instances come and go; everyone looks in any order; a shard moves only to even things out. */
  @Test
  void sharesSettleAndOnlyTheSurplusMoves() {
    Seeds.forEach(
        200,
        random -> {
          int shards = 1 + random.nextInt(16);
          List<Set<Integer>> owners = new ArrayList<>();
          owners.add(new TreeSet<>());
          for (int change = 0; change < 12; change++) {
            Set<Integer> free = new TreeSet<>();
            for (int shard = 0; shard < shards; shard++) {
              free.add(shard);
            }
            if (owners.size() > 1 && random.nextInt(3) == 0) {
              owners.remove(random.nextInt(owners.size()));
            } else {
              owners.add(new TreeSet<>());
            }
            owners.forEach(free::removeAll);
            int moved = settle(shards, owners, free, random.nextInt(owners.size()));
            int living = owners.size();
            assertThat(free).isEmpty();
            for (int i = 0; i < living; i++) {
              assertThat(owners.get(i)).hasSize(ShardQuota.of(shards, i, living));
            }
            assertThat(moved).isLessThanOrEqualTo(Math.ceilDiv(shards, living) + living);
          }
        });
  }

  /** Every instance looks twice, beginning with any; tells how many shards were given back. */
  private static int settle(int shards, List<Set<Integer>> owners, Set<Integer> free, int first) {
    int moved = 0;
    for (int look = 0; look < 2 * owners.size(); look++) {
      int older = (first + look) % owners.size();
      Set<Integer> owned = owners.get(older);
      int quota = ShardQuota.of(shards, older, owners.size());
      Set<Integer> surplus = ShardQuota.surplus(owned, quota);
      moved += surplus.size();
      owned.removeAll(surplus);
      free.addAll(surplus);
      for (int shard : List.copyOf(free)) {
        if (owned.size() < quota) {
          owned.add(shard);
          free.remove(shard);
        }
      }
    }
    return moved;
  }
}
