package dev.muster.kit;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A statement of a transaction on its way.
 *
 * @param sql its text
 * @param arguments what is bound; null sends it as plain text
 * @param answer completed on the connection's event loop
 */
record Statement(String sql, @Nullable Tuple arguments, CompletableFuture<RowSet<Row>> answer) {
  void run(SqlConnection connection) {
    try {
      (arguments == null
              ? connection.query(sql).execute()
              : connection.preparedQuery(sql).execute(arguments))
          .onComplete(done -> {
            if (done.succeeded()) {
              answer.complete(done.result());
            } else {
              answer.completeExceptionally(done.cause());
            }
          });
    } catch (RuntimeException e) {
      answer.completeExceptionally(e);
    }
  }
}
