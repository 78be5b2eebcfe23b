package dev.muster.gateway.shell;

import dev.muster.gateway.shell.auth.Bootstrap;
import dev.muster.kit.Database;
import dev.muster.kit.DatabaseUnavailableException;
import dev.muster.kit.OutboxRelay;
import io.vertx.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.TimeUnit;

/**
 * Ready when a connection can be borrowed and used, the relay works, and the first key, if one was
 * asked for, is there.
 */
@ApplicationScoped
public class Vitals {
  private static final long ANSWER_SECONDS_MAX = 1;

  private final Pool pool;
  private final OutboxRelay relay;
  private final Bootstrap bootstrap;

  Vitals(Pool pool, OutboxRelay relay, Bootstrap bootstrap) {
    this.pool = pool;
    this.relay = relay;
    this.bootstrap = bootstrap;
  }

  /** Whether requests can be answered. */
  public boolean isUp() {
    return bootstrap.isDone() && relay.isConnected() && isDatabaseUp();
  }

  private boolean isDatabaseUp() {
    try {
      Database.await(
          pool.query("SELECT 1").execute().timeout(ANSWER_SECONDS_MAX, TimeUnit.SECONDS));
      return true;
    } catch (DatabaseUnavailableException e) {
      return false;
    }
  }
}
