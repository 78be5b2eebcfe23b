package dev.muster.gateway.shell.http;

import dev.muster.kit.trace.Span;
import dev.muster.kit.trace.Tracing;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerRequestInternal;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a trace shows of a request: its method, the template of its path, and the status it got.
 * Paths and parameters themselves may hold a user's words and are left out.
 *
 * @param tracing makes the spans
 */
record RequestSpans(Tracing tracing) {
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS");

  /** Where Quarkus keeps the template of the path for whoever observes requests. */
  private static final String TEMPLATE = "UrlPathTemplate";

  private static final int SERVER_ERROR = 500;

  /** Begins the span of a request, which ends with its response; null while tracing is off. */
  @Nullable Span begin(RoutingContext context, String requestId) {
    if (!tracing.isOn()) {
      return null;
    }
    String method = context.request().method().name();
    String known = METHODS.contains(method) ? method : "_OTHER";
    Span span =
        tracing
            .request(known, context.request().getHeader("traceparent"))
            .with("http.request.method", known)
            .with("url.scheme", "https".equals(context.request().scheme()) ? "https" : "http")
            .with("muster.request.id", requestId);
    context.addEndHandler(ended -> end(span, known, context));
    return span;
  }

  private static void end(Span span, String method, RoutingContext context) {
    String template = template(context.request());
    if (template != null) {
      span.with("http.route", template);
      span.rename(method + " " + template);
    }
    int status = context.response().getStatusCode();
    span.with("http.response.status_code", status);
    if (status >= SERVER_ERROR) {
      span.fail(Integer.toString(status));
    } else {
      span.end();
    }
  }

  private static @Nullable String template(HttpServerRequest request) {
    return request instanceof HttpServerRequestInternal known
        ? known.context().getLocal(TEMPLATE)
        : null;
  }
}
