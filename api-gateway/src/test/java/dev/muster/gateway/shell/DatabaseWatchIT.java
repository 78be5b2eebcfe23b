package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.gateway.shell.store.DatabaseWatch;
import dev.muster.kit.DatabaseUnavailableException;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Promise;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
class DatabaseWatchIT {
  @Inject Pool pool;

  @Test
  void slowAnswerOfALivingDatabaseIsAwaited() {
    var rows = new DatabaseWatch(pool).await(pool.query("SELECT pg_sleep(1.5), 7").execute());

    assertThat(rows.iterator().next().getInteger(1)).isEqualTo(7);
  }

  @Test
  void databaseThatNeverAnswersEndsTheWait() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Pool dead =
          PgBuilder.pool()
              .connectingTo(
                  new PgConnectOptions().setHost("127.0.0.1").setPort(silent.getLocalPort()))
              .build();
      Instant start = Instant.now();

      assertThatThrownBy(() -> new DatabaseWatch(dead).await(Promise.promise().future()))
          .isInstanceOf(DatabaseUnavailableException.class);

      assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(30));
      dead.close(); // never done while the handshake hangs, so nobody waits for it
    }
  }
}
