package dev.muster.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.worker.MailEvent.WorkerWelcomed;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SessionTest {
  private static final long LEASE = Duration.ofSeconds(30).toNanos();
  private static final WorkerWelcomed WELCOME = new WorkerWelcomed(7, 30_000, 10_000);

  private final Session session = new Session();

  @Test
  void fencesItselfAfterFiveSixthsOfTheLeaseWithoutContact() {
    session.begin(7);
    session.contacted(7, 0);
    session.welcome(WELCOME, 1);

    assertThat(session.fenceIfDue(LEASE / 6 * 5)).isFalse();
    assertThat(session.fenceIfDue(LEASE / 6 * 5 + 1)).isTrue();
    assertThat(session.accepts(7)).isFalse();
  }

  @Test
  void acknowledgedHeartbeatCountsFromWhenItWasMade() {
    session.begin(7);
    session.welcome(WELCOME, 0);
    session.contacted(7, 1_000);
    session.contacted(7, 500);

    assertThat(session.fenceIfDue(1_000 + LEASE / 6 * 5)).isFalse();
    assertThat(session.fenceIfDue(1_001 + LEASE / 6 * 5)).isTrue();
  }

  @Test
  void fencedSessionIgnoresLateWelcomesUntilItBeginsAnew() {
    session.begin(7);
    session.welcome(WELCOME, 0);
    session.fenceIfDue(LEASE);

    assertThat(session.welcome(WELCOME, LEASE)).isFalse();
    session.begin(8);
    assertThat(session.isWelcomed()).isFalse();
    assertThat(session.welcome(new WorkerWelcomed(8, 30_000, 10_000), LEASE)).isTrue();
    assertThat(session.accepts(8)).isTrue();
  }

  @Test
  void welcomeForAnotherIncarnationIsIgnored() {
    session.begin(8);

    assertThat(session.welcome(WELCOME, 0)).isFalse();
    assertThat(session.isWelcomed()).isFalse();
  }

  @Test
  void unwelcomedWorkerHasNoLeaseToLose() {
    session.begin(7);

    assertThat(session.fenceIfDue(Long.MAX_VALUE)).isFalse();
  }
}
