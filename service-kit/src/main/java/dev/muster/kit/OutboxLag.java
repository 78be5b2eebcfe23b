package dev.muster.kit;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;

/**
 * How far the relay is behind, as of a few seconds ago.
 *
 * @param pending records that wait to be sent
 * @param oldestAge how long the oldest of them has waited; zero when none does
 */
public record OutboxLag(long pending, Duration oldestAge) {
  /** Nothing waits. */
  public static final OutboxLag NONE = new OutboxLag(0, Duration.ZERO);

  static OutboxLag read(SqlConnection connection, String schema) {
    Row row =
        Database.await(
                connection
                    .preparedQuery(
                        "SELECT count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 FROM "
                            + schema
                            + ".outbox")
                    .execute())
            .iterator()
            .next();
    long millis = Math.max(0, Math.round(row.getDouble(1) * 1000));
    return new OutboxLag(row.getLong(0), Duration.ofMillis(millis));
  }
}
