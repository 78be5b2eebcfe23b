package dev.muster.gateway.shell.http;

import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.problem.Problem;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.Response;

/** Writes problems, as a JAX-RS response or straight to the connection. */
final class ProblemWriter {
  private static final String MEDIA_TYPE = "application/problem+json";

  private ProblemWriter() {}

  static Response response(RoutingContext context, Problem problem) {
    Response.ResponseBuilder builder =
        Response.status(problem.status()).type(MEDIA_TYPE).entity(body(context, problem));
    if (problem.status() == 401) {
      builder.header("WWW-Authenticate", "Bearer");
    }
    if (problem.retryable()) {
      builder.header("Retry-After", "1");
    }
    return builder.build();
  }

  static void write(RoutingContext context, Problem problem) {
    context
        .response()
        .setStatusCode(problem.status())
        .putHeader("Content-Type", MEDIA_TYPE)
        .end(body(context, problem));
  }

  private static String body(RoutingContext context, Problem problem) {
    String path = context.request().path();
    return ApiJson.text(
        problem.in(path == null || path.length() > 200 ? "/" : path, HttpEdge.requestId(context)));
  }
}
