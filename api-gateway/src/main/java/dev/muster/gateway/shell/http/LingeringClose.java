package dev.muster.gateway.shell.http;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection whose request was answered before all of it had come. Closed at once, with
 * bytes of the request still under way, the client's machine may throw the answer away (RFC 9112,
 * section 9.6); so what still comes is read and dropped for a while, and the client, who has the
 * answer by then, usually closes first.
 */
final class LingeringClose {
  /** Longer than an answer takes to a slow client, shorter than anyone would hold connections. */
  private static final long LINGER_MS = TimeUnit.SECONDS.toMillis(5);

  private LingeringClose() {}

  static void of(RoutingContext context) {
    HttpServerRequest request = context.request();
    HttpConnection connection = request.connection();
    if (request.isEnded()) {
      connection.close();
      return;
    }
    long timer = context.vertx().setTimer(LINGER_MS, id -> connection.close());
    connection.closeHandler(closed -> context.vertx().cancelTimer(timer));
    request.exceptionHandler(lost -> connection.close());
    request.endHandler(end -> connection.close());
    request.handler(dropped -> {});
    request.resume();
  }
}
