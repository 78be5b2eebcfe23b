package dev.muster.gateway.shell.auth;

import dev.muster.gateway.key.Scope;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.net.SocketAddress;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;
import java.util.List;

/** Asks every request to the API for a key, or for a ticket where a stream is opened. */
@Provider
@Priority(Priorities.AUTHENTICATION)
public class AuthFilter implements ContainerRequestFilter {
  private final CredentialDesk credentials;
  private final CurrentVertxRequest current;
  private final Caller caller;

  AuthFilter(CredentialDesk credentials, CurrentVertxRequest current, Caller caller) {
    this.credentials = credentials;
    this.current = current;
    this.caller = caller;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (!request.getUriInfo().getPath().startsWith("/api/")) {
      return;
    }
    refuseLoop(request);
    Principal principal = principal(request);
    if (principal.expired()) {
      throw new ProblemException(
          ProblemKind.KEY_EXPIRED, "Expected a key that is valid, but it has expired");
    }
    if (principal.tenantDisabled()) {
      throw new ProblemException(
          ProblemKind.TENANT_DISABLED, "Expected an active tenant, but it is disabled");
    }
    caller.is(principal);
    caller.require(isRead(request) ? Scope.READ : Scope.WRITE);
  }

  /** A webhook that comes back to the API would make jobs that make webhooks (S-156). */
  private static void refuseLoop(ContainerRequestContext request) {
    if (request.getHeaders().containsKey("webhook-id")) {
      throw new ProblemException(
          ProblemKind.LOOP, "Expected a request of a user, but it is a webhook");
    }
  }

  /** A ticket opens nothing but what is read. */
  private Principal principal(ContainerRequestContext request) {
    return credentials.principal(
        source(),
        request.getHeaders().getOrDefault("Authorization", List.of()),
        request.getHeaders().getOrDefault("X-Api-Key", List.of()),
        request.getMethod().equals("GET")
            ? request.getUriInfo().getQueryParameters().getOrDefault("ticket", List.of())
            : List.of(),
        request.getUriInfo().getPath());
  }

  /** The address the request came from; a proxy in front of the gateway is one address. */
  private String source() {
    SocketAddress address = current.getCurrent().request().remoteAddress();
    String host = address == null ? null : address.hostAddress();
    return host == null ? "unknown" : host;
  }

  /** A ticket changes nothing that anybody sees: who may watch may have one. */
  private static boolean isRead(ContainerRequestContext request) {
    String method = request.getMethod();
    return method.equals("GET")
        || method.equals("HEAD")
        || request.getUriInfo().getPath().equals("/api/v1/stream-tickets");
  }

  /** The answer to a request without a valid key. */
  static ProblemException unauthenticated() {
    return new ProblemException(
        ProblemKind.UNAUTHENTICATED,
        "Expected one valid API key in Authorization: Bearer or X-Api-Key, but there is none");
  }
}
