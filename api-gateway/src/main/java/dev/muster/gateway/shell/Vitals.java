package dev.muster.gateway.shell;

import dev.muster.gateway.shell.auth.Bootstrap;
import dev.muster.gateway.shell.store.DatabaseWatch;
import dev.muster.kit.OutboxRelay;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Ready when a connection can be borrowed and used, the relay works, and the first key, if one was
 * asked for, is there.
 */
@ApplicationScoped
public class Vitals {
  private final DatabaseWatch watch;
  private final OutboxRelay relay;
  private final Bootstrap bootstrap;

  Vitals(DatabaseWatch watch, OutboxRelay relay, Bootstrap bootstrap) {
    this.watch = watch;
    this.relay = relay;
    this.bootstrap = bootstrap;
  }

  /** Whether requests can be answered. */
  public boolean isUp() {
    return bootstrap.isDone() && relay.isConnected() && watch.isAlive();
  }
}
