package dev.muster.contracts.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.worker.GpuDevice;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PriceListTest {
  private static final PriceList PRICES =
      new PriceList(
          Map.of("cpu", 11_111L, "gpu", 277_778L, "H100", 694_444L, "h100 nvl", 900_000L));

  @Test
  void longestNameInTheModelIsItsClass() {
    assertThat(PRICES.classOf("NVIDIA H100 80GB HBM3")).isEqualTo("h100");
    assertThat(PRICES.classOf("NVIDIA H100 NVL")).isEqualTo("h100 nvl");
    assertThat(PRICES.classOf("AMD MI300X")).isEqualTo("gpu");
    assertThat(PRICES.classOf("cpu emulator")).isEqualTo("gpu");
  }

  @Test
  void attemptCostsItsDevicesAndItsCores() {
    List<GpuDevice> two = List.of(new GpuDevice("a", "H100", 1), new GpuDevice("b", "T4", 1));

    assertThat(PRICES.attempt(two, 2.5, 2_000)).isEqualTo(2 * 694_444 + 2 * 277_778 + 5 * 11_111);
    assertThat(PRICES.attempt(List.of(), 1, 1)).isEqualTo(11);
    assertThat(PRICES.attempt(List.of(), 0, 60_000)).isZero();
    assertThat(PriceList.FREE.attempt(two, 8, 60_000)).isZero();
  }

  @Test
  void longestAttemptOnTheLargestHostDoesNotOverflow() {
    List<GpuDevice> all =
        IntStream.range(0, 64).mapToObj(i -> new GpuDevice("g" + i, "H100", 1)).toList();

    assertThat(PRICES.attempt(all, 1_024, 604_800_000L))
        .isEqualTo(64 * 694_444L * 604_800 + 1_024 * 11_111L * 604_800);
  }

  @Test
  void holdIsBounded() {
    ResourceRequest large = new ResourceRequest(64, 0, "H100", 1_024, 0, 0);

    assertThat(PRICES.hold(large, 1_000_000, 604_800)).isEqualTo(PriceList.HOLD_MAX);
    assertThat(PRICES.hold(ResourceRequest.DEFAULT, 3, 60)).isEqualTo(3 * 60 * 11_111);
    assertThat(PRICES.hold(new ResourceRequest(1, 0, null, 0, 0, 0), 1, 1)).isEqualTo(277_778);
  }

  @Test
  void splittingAnAttemptChangesItsPriceByLessThanANanoForEachPart() {
    SplittableRandom random = new SplittableRandom(7);
    for (int run = 0; run < 1_000; run++) {
      long first = 1 + random.nextLong(1_000_000);
      long second = 1 + random.nextLong(1_000_000);

      long whole = PRICES.device("H100", first + second);

      assertThat(PRICES.device("H100", first) + PRICES.device("H100", second))
          .isBetween(whole - 1, whole + 1);
    }
  }

  @Test
  void negativePriceIsRefused() {
    assertThatThrownBy(() -> new PriceList(Map.of("gpu", -1L)))
        .hasMessageContaining("Expected a price of gpu from 0");
  }
}
