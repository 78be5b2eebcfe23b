package dev.muster.gateway.shell.http;

import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.problem.Problem;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/** Writes problems, as a JAX-RS response or straight to the connection. */
final class ProblemWriter {
  static final String MEDIA_TYPE = "application/problem+json";

  private ProblemWriter() {}

  static Response response(RoutingContext context, Problem problem) {
    Response.ResponseBuilder builder =
        Response.status(problem.status()).type(MEDIA_TYPE).entity(body(context, problem));
    if (problem.status() == 401) {
      builder.header("WWW-Authenticate", "Bearer");
    }
    if (problem.retryable()) {
      builder.header("Retry-After", problem.retryAfterS());
    }
    return builder.build();
  }

  static Future<Void> write(RoutingContext context, Problem problem) {
    if (problem.retryable()) {
      context.response().putHeader("Retry-After", Integer.toString(problem.retryAfterS()));
    }
    return context
        .response()
        .setStatusCode(problem.status())
        .putHeader("Content-Type", MEDIA_TYPE)
        .end(body(context, problem));
  }

  /** The path of a link is its secret. */
  private static @Nullable String withoutSecret(@Nullable String path) {
    return path != null && path.startsWith("/shared/") ? "/shared" : path;
  }

  private static String body(RoutingContext context, Problem problem) {
    String path = withoutSecret(context.request().path());
    return ApiJson.text(
        problem.in(path == null || path.length() > 200 ? "/" : path, HttpEdge.requestId(context)));
  }
}
