package dev.muster.dispatcher.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DispatcherConfigTest {
  @Test
  void defaultsFindADeadWorkerWithinFortySeconds() {
    DispatcherConfig config = TestDispatcher.config(Map.of());

    assertThat(config.lease()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.heartbeat()).isEqualTo(Duration.ofSeconds(10));
    assertThat(config.lease().plus(config.lease().dividedBy(6))).isLessThan(Duration.ofSeconds(40));
    assertThat(config.aheadWindow()).isEqualTo(Duration.ofMillis(100));
    assertThat(config.tombstoneRetention()).isEqualTo(Duration.ofDays(8));
  }

  @Test
  void keysAreNamedAsTheReadmeSays() {
    DispatcherConfig config =
        TestDispatcher.config(
            Map.of(
                "dispatcher.lease", "3S",
                "dispatcher.heartbeat", "0.5S",
                "dispatcher.shard-lease", "1S",
                "dispatcher.ahead-window", "0.2S",
                "dispatcher.cancel-grace", "1S"));

    assertThat(config.lease()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.heartbeat()).isEqualTo(Duration.ofMillis(500));
    assertThat(config.shardLease()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.aheadWindow()).isEqualTo(Duration.ofMillis(200));
    assertThat(config.cancelGrace()).isEqualTo(Duration.ofSeconds(1));
  }
}
