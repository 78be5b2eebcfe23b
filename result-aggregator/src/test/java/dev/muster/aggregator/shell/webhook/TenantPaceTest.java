package dev.muster.aggregator.shell.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TenantPaceTest {
  private static final int PER_SECOND = 10;
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  /** S-155: however many hosts a tenant names, its deliveries share one allowance. */
  @Test
  void s155TenantThatCallsAThousandHostsIsPausedAndNobodyElse() {
    TenantPace pace = new TenantPace(PER_SECOND);

    pace.spend(List.of(to("quiet", 0)), 0);
    for (int host = 0; host < 1_000; host++) {
      pace.spend(List.of(to("loud", host)), 0);
    }

    assertThat(pace.paused(0)).containsExactly("loud");
    assertThat(pace.paused(89 * SECOND)).as("a hundred seconds of work less ten").contains("loud");
    assertThat(pace.paused(91 * SECOND)).isEmpty();
  }

  @Test
  void tenSecondsOfWorkAreSentAtOnce() {
    TenantPace pace = new TenantPace(PER_SECOND);

    pace.spend(Collections.nCopies(10 * PER_SECOND, to("bursty", 0)), 0);
    assertThat(pace.paused(0)).isEmpty();

    pace.spend(List.of(to("bursty", 0)), 0);
    assertThat(pace.paused(0)).containsExactly("bursty");
  }

  private static Due to(String tenant, int host) {
    String url = "https://host-" + host + ".example.com/";
    return new Due(
        "msg_1",
        1,
        0,
        url,
        "ep_1",
        tenant,
        "job.completed",
        url,
        true,
        null,
        null,
        null,
        null,
        null,
        null,
        0,
        Instant.EPOCH);
  }
}
