package dev.muster.agent.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.muster.contracts.worker.GpuDevice;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeclaredGpusTest {
  @Test
  void declarationBecomesDevices() {
    List<GpuDevice> devices = DeclaredGpus.parse("2xH100-80GB, L4-24GB", "worker-1");

    assertThat(devices)
        .extracting(GpuDevice::model, GpuDevice::memoryMb)
        .containsExactly(
            tuple("H100 80GB", 81_920L), tuple("H100 80GB", 81_920L), tuple("L4 24GB", 24_576L));
  }

  @Test
  void identitiesStayTheSameAndDifferBetweenWorkers() {
    List<GpuDevice> devices = DeclaredGpus.parse("2xH100-80GB", "worker-1");

    assertThat(devices).isEqualTo(DeclaredGpus.parse("2xH100-80GB", "worker-1"));
    assertThat(devices).doesNotContainAnyElementsOf(DeclaredGpus.parse("2xH100-80GB", "worker-2"));
    assertThat(devices).extracting(GpuDevice::uuid).doesNotHaveDuplicates();
  }

  @Test
  void blankDeclaresNothing() {
    assertThat(DeclaredGpus.parse(" ", "worker-1")).isEmpty();
  }

  @Test
  void anythingElseIsRefused() {
    assertThatThrownBy(() -> DeclaredGpus.parse("two H100", "worker-1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Expected GPUs declared like 2xH100-80GB");
  }
}
