package dev.muster.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiskWatchTest {
  @Test
  void diskIsFullBelowTheFloorUntilThereIsHalfAsMuchMore() {
    long[] free = {1_000};
    DiskWatch watch = new DiskWatch(() -> free[0], 100);

    List<Boolean> full = new ArrayList<>();
    for (long now : new long[] {101, 100, 99, 100, 149, 150, 100, 0}) {
      free[0] = now;
      full.add(watch.isFull());
    }

    assertThat(full).containsExactly(false, false, true, true, true, false, false, true);
  }

  @Test
  void whatCannotBeKnownCountsAsBefore() {
    long[] free = {1};
    DiskWatch watch =
        new DiskWatch(
            () -> {
              if (free[0] < 0) {
                throw new IOException("gone");
              }
              return free[0];
            },
            100);
    assertThat(watch.isFull()).isTrue();

    free[0] = -1;

    assertThat(watch.isFull()).isTrue();
  }
}
