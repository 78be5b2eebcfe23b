package dev.muster.gateway.shell;

import dev.muster.gateway.shell.config.GatewayConfig;
import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnectOptions;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Makes the pool give up soon: a request is told 503 within a second, not after half a minute. */
@Singleton
public class GatewayPool implements PgPoolCreator {
  private final GatewayConfig config;

  GatewayPool(GatewayConfig config) {
    this.config = config;
  }

  @Override
  public Pool create(Input input) {
    return PgBuilder.pool()
        .with(
            input
                .poolOptions()
                .setConnectionTimeout((int) config.databaseWait().toMillis())
                .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS))
        .connectingTo(List.<SqlConnectOptions>copyOf(input.pgConnectOptionsList()))
        .using(input.vertx())
        .build();
  }
}
