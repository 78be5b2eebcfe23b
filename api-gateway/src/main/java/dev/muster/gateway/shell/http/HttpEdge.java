package dev.muster.gateway.shell.http;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.shell.config.GatewayConfig;
import dev.muster.gateway.shell.config.StoreConfig;
import dev.muster.gateway.shell.problem.Problem;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.kit.trace.Span;
import dev.muster.kit.trace.Traceparent;
import dev.muster.kit.trace.Tracing;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What every request passes before anything else: it gets a request id and a trace context, and it
 * is refused here when it is too large. What no resource answers ends here as well.
 */
@ApplicationScoped
public class HttpEdge {
  private static final String REQUEST_ID = "muster.request-id";
  private static final String TRACEPARENT = "muster.traceparent";
  private static final int PRIORITY = 1_000;

  /** The gateway refuses larger bodies itself, with a problem; this is the net below it. */
  private static final long SLACK_BYTES = 2L * 1024 * 1024;

  private static final int PARAMETERS_MAX = 100;

  /** Under this key Quarkus keeps the most bytes that a body without a length may have. */
  private static final String QUARKUS_BODY_MAX = "io.quarkus.max-request-size";

  /** Behind the handler with which Quarkus sets its own limit, before everything else. */
  private static final int BODY_LIMIT_ORDER = -1;

  private final GatewayConfig config;
  private final StoreConfig store;
  private final RequestSpans spans;

  HttpEdge(GatewayConfig config, StoreConfig store, Tracing tracing) {
    this.config = config;
    this.store = store;
    this.spans = new RequestSpans(tracing);
  }

  void filters(@Observes Filters filters) {
    filters.register(this::enter, PRIORITY);
  }

  void routes(@Observes Router router) {
    for (int status : new int[] {400, 404, 405, 406, 413, 414, 415, 431, 500, 503}) {
      router.errorHandler(status, context -> fail(context, status));
    }
    router.route().order(BODY_LIMIT_ORDER).handler(this::limitBody);
    router.route().order(Integer.MAX_VALUE).handler(context -> fail(context, 404));
  }

  private void enter(RoutingContext context) {
    String requestId = newRequestId();
    context.put(REQUEST_ID, requestId);
    Span span = spans.begin(context, requestId);
    context.put(
        TRACEPARENT,
        span == null ? childOf(context.request().getHeader("traceparent")) : span.traceparent());
    context.response().putHeader("X-Request-Id", requestId);
    context.response().putHeader("traceparent", traceparent(context));
    Problem problem = refusal(context);
    if (problem == null) {
      context.next();
    } else {
      // What follows on this connection may be the rest of this request, however long it is.
      context.response().putHeader("Connection", "close");
      ProblemWriter.write(context, problem).onComplete(sent -> close(context, problem));
    }
  }

  private static void close(RoutingContext context, Problem problem) {
    if (problem.status() == 413) {
      LingeringClose.of(context);
    } else {
      context.request().connection().close(); // nobody knows where the request ends
    }
  }

  /** Why the request is refused before anybody looks at it; null when it is not. */
  private @Nullable Problem refusal(RoutingContext context) {
    HttpServerRequest request = context.request();
    String length = request.getHeader("Content-Length");
    long max = bodyBytesMax(context);
    if (length != null && isTooLong(length, max)) {
      return Problem.of(
          ProblemKind.TOO_LARGE,
          "Expected at most " + max + " bytes, but there are more",
          List.of());
    }
    List<String> codings = request.headers().getAll("Transfer-Encoding");
    if (!codings.isEmpty() && !(codings.size() == 1 && codings.getFirst().equals("chunked"))) {
      return Problem.of(
          ProblemKind.MALFORMED, "Expected no transfer coding but chunked", List.of());
    }
    String query = request.query();
    if (query != null && query.chars().filter(c -> c == '&').count() >= PARAMETERS_MAX) {
      return Problem.of(
          ProblemKind.QUERY, "Expected at most " + PARAMETERS_MAX + " parameters", List.of());
    }
    return null;
  }

  /** A body that is not stored as it comes is small, whatever its headers say. */
  private void limitBody(RoutingContext context) {
    context.put(QUARKUS_BODY_MAX, bodyBytesMax(context) + SLACK_BYTES);
    context.next();
  }

  private long bodyBytesMax(RoutingContext context) {
    return StreamedPaths.contains(context.request().path())
        ? store.fileBytesMax()
        : config.bodyBytesMax();
  }

  private static boolean isTooLong(String length, long max) {
    try {
      return Long.parseLong(length) > max;
    } catch (NumberFormatException e) {
      return true; // more digits than a long has
    }
  }

  private static void fail(RoutingContext context, int status) {
    if (!context.response().ended() && !context.response().headWritten()) {
      ProblemWriter.write(context, Problems.ofStatus(status));
    }
  }

  /** A new id of a request. */
  static String newRequestId() {
    return "req_" + newJobId().value();
  }

  /** The id by which our logs know this request. */
  static String requestId(RoutingContext context) {
    String id = context.get(REQUEST_ID);
    return id == null ? "req_unknown" : id;
  }

  /** The trace context of this request: the client's trace, or a new one. */
  static String traceparent(RoutingContext context) {
    String value = context.get(TRACEPARENT);
    return value == null ? childOf(null) : value;
  }

  private static String childOf(@Nullable String parent) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    String span = String.format("%016x", random.nextLong() | 1);
    if (parent != null && Traceparent.isValid(parent)) {
      return parent.substring(0, 36) + span + parent.substring(52);
    }
    return String.format("00-%016x%016x-%s-01", random.nextLong(), random.nextLong() | 1, span);
  }

  /** A new id; its time is for people, and decides nothing. */
  static JobId newJobId() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return JobId.of(System.currentTimeMillis(), random.nextLong(), random.nextLong());
  }
}
