package dev.muster.gateway.shell.retention;

import dev.muster.kit.Tx;
import io.quarkus.arc.DefaultBean;
import jakarta.inject.Singleton;
import java.time.Instant;

/** The database's own clock. */
@Singleton
@DefaultBean
final class DatabaseClock implements RetentionClock {
  @Override
  public Instant now(Tx tx) {
    return tx.now();
  }
}
