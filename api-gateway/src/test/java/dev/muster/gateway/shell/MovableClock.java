package dev.muster.gateway.shell;

import dev.muster.gateway.shell.retention.RetentionClock;
import dev.muster.kit.Tx;
import io.quarkus.test.Mock;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;

/** The clock of retention in tests of this JVM: the database's, and as far ahead as is wanted. */
@Mock
@Singleton
public class MovableClock implements RetentionClock {
  private volatile Duration ahead = Duration.ZERO;

  void ahead(Duration by) {
    ahead = by;
  }

  @Override
  public Instant now(Tx tx) {
    return tx.now().plus(ahead);
  }
}
