package dev.muster.agent.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.worker.Capacity;
import dev.muster.contracts.worker.GpuDevice;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreeCapacityTest {
  private static final ResourceRequest ONE_GPU = new ResourceRequest(1, 0, null, 1.5, 1_000, 10);

  private final FreeCapacity all =
      FreeCapacity.of(
          new Capacity(
              3, 2_000, 20, List.of(new GpuDevice("a", "L4", 1), new GpuDevice("b", "L4", 1))));

  @Test
  void whatIsTakenIsNotFree() {
    FreeCapacity left = all.take(ONE_GPU, List.of("a"));

    assertThat(left.fits(ONE_GPU, List.of("b"))).isTrue();
    assertThat(left.fits(ONE_GPU, List.of("a"))).isFalse();
    assertThat(left.take(ONE_GPU, List.of("b")).fits(ResourceRequest.DEFAULT, List.of())).isFalse();
  }

  @Test
  void whatIsGivenBackIsFreeAgain() {
    assertThat(all.take(ONE_GPU, List.of("a")).give(ONE_GPU, List.of("a"))).isEqualTo(all);
  }

  @Test
  void tenthsOfCoresAddUp() {
    ResourceRequest tenth = new ResourceRequest(0, 0, null, 0.1, 0, 0);
    FreeCapacity free = all;
    for (int i = 0; i < 29; i++) {
      free = free.take(tenth, List.of());
    }

    assertThat(free.fits(tenth, List.of())).isTrue();
    assertThat(free.take(tenth, List.of()).fits(tenth, List.of())).isFalse();
  }
}
