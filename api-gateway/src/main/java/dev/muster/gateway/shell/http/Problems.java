package dev.muster.gateway.shell.http;

import dev.muster.gateway.shell.blob.StoreException;
import dev.muster.gateway.shell.problem.Problem;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.kit.DatabaseUnavailableException;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns what ended a request early into its problem; the one place where that happens. */
public class Problems {
  private static final Logger LOG = Logger.getLogger(Problems.class);

  private final Operations operations;

  Problems(Operations operations) {
    this.operations = operations;
  }

  @ServerExceptionMapper
  Response problem(ProblemException e, RoutingContext context) {
    return ProblemWriter.response(context, e.problem());
  }

  @ServerExceptionMapper
  Response unavailable(DatabaseUnavailableException e, RoutingContext context) {
    LOG.warnf(
        "Expected to answer %s, but the database is unavailable (%s)",
        HttpEdge.requestId(context), e.getMessage());
    return ProblemWriter.response(
        context,
        Problem.of(
            ProblemKind.UNAVAILABLE,
            "Expected to reach the database, but it does not answer; repeat the request, with the"
                + " same Idempotency-Key if it creates something",
            List.of()));
  }

  @ServerExceptionMapper
  Response store(StoreException e, RoutingContext context) {
    LOG.errorf(e, "Expected to answer %s, but the store failed", HttpEdge.requestId(context));
    return ProblemWriter.response(
        context,
        e.isFull()
            ? of(ProblemKind.STORE_FULL, "Expected room in the store of files, but it is full")
            : of(
                ProblemKind.STORE_UNAVAILABLE,
                "Expected the store of files to answer, but it does not; repeat the request"));
  }

  @ServerExceptionMapper
  Response framework(WebApplicationException e, RoutingContext context) {
    int status = e.getResponse().getStatus();
    Response answer = ProblemWriter.response(context, ofStatus(status));
    return status == 405
        ? Response.fromResponse(answer)
            .header(HttpHeaders.ALLOW, operations.allowed(context.normalizedPath()))
            .build()
        : answer;
  }

  @ServerExceptionMapper
  Response bug(Throwable e, RoutingContext context) {
    LOG.errorf(e, "Expected to answer %s, but", HttpEdge.requestId(context));
    return ProblemWriter.response(context, ofStatus(500));
  }

  /** The problem of a status that the framework chose. */
  static Problem ofStatus(int status) {
    return switch (status) {
      case 401 -> of(ProblemKind.UNAUTHENTICATED, "Expected a valid API key, but there is none");
      case 404 -> of(ProblemKind.NOT_FOUND, "Expected a known path, but there is none");
      case 405 -> of(ProblemKind.METHOD_NOT_ALLOWED, "Expected another method for this path");
      case 406 ->
          of(ProblemKind.NOT_ACCEPTABLE, "Expected to be asked for a type this path produces");
      case 413 -> of(ProblemKind.TOO_LARGE, "Expected a smaller body");
      case 414 -> of(ProblemKind.URI_TOO_LONG, "Expected a shorter request line");
      case 415 ->
          of(
              ProblemKind.UNSUPPORTED_MEDIA_TYPE,
              "Expected application/json in UTF-8, uncompressed");
      case 431 -> of(ProblemKind.HEADERS_TOO_LARGE, "Expected smaller request headers");
      case 503 -> of(ProblemKind.UNAVAILABLE, "Expected to be ready, but the gateway is not");
      default ->
          status < 500
              ? of(ProblemKind.MALFORMED, "Expected a well-formed request")
              : of(
                  ProblemKind.INTERNAL,
                  "Expected to answer, but something broke; the request id names it in our logs");
    };
  }

  private static Problem of(ProblemKind kind, String detail) {
    return Problem.of(kind, detail, List.of());
  }
}
