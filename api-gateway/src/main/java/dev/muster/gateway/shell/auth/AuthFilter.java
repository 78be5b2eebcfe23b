package dev.muster.gateway.shell.auth;

import dev.muster.gateway.key.ApiKey;
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

/** Asks every request to the API for a key: {@code Authorization: Bearer} or {@code X-Api-Key}. */
@Provider
@Priority(Priorities.AUTHENTICATION)
public class AuthFilter implements ContainerRequestFilter {
  private static final String BEARER = "Bearer ";

  private final KeyVerifier verifier;
  private final KeyFailures failures;
  private final CurrentVertxRequest current;
  private final Caller caller;

  AuthFilter(
      KeyVerifier verifier, KeyFailures failures, CurrentVertxRequest current, Caller caller) {
    this.verifier = verifier;
    this.failures = failures;
    this.current = current;
    this.caller = caller;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (!request.getUriInfo().getPath().startsWith("/api/")) {
      return;
    }
    Principal principal = principal(credential(request));
    if (principal.expired()) {
      throw new ProblemException(
          ProblemKind.KEY_EXPIRED, "Expected a key that is valid, but it has expired");
    }
    if (principal.tenantDisabled()) {
      throw new ProblemException(
          ProblemKind.TENANT_DISABLED, "Expected an active tenant, but it is disabled");
    }
    caller.is(principal);
    caller.require(isRead(request.getMethod()) ? Scope.READ : Scope.WRITE);
  }

  private Principal principal(String credential) {
    String source = source();
    ApiKey key = ApiKey.parse(credential).orElseThrow(() -> failures.refusal(source, null));
    if (!verifier.isFamiliar(key.id())) {
      failures.requireRoom(source);
    }
    return verifier.verify(key).orElseThrow(() -> failures.refusal(source, key.prefix()));
  }

  /** The address the request came from; a proxy in front of the gateway is one address. */
  private String source() {
    SocketAddress address = current.getCurrent().request().remoteAddress();
    String host = address == null ? null : address.hostAddress();
    return host == null ? "unknown" : host;
  }

  private static String credential(ContainerRequestContext request) {
    List<String> bearer = request.getHeaders().getOrDefault("Authorization", List.of());
    List<String> apiKey = request.getHeaders().getOrDefault("X-Api-Key", List.of());
    if (bearer.size() + apiKey.size() != 1) {
      throw unauthenticated();
    }
    if (!apiKey.isEmpty()) {
      return apiKey.getFirst();
    }
    String value = bearer.getFirst();
    if (!value.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      throw unauthenticated();
    }
    return value.substring(BEARER.length());
  }

  private static boolean isRead(String method) {
    return method.equals("GET") || method.equals("HEAD");
  }

  /** The answer to a request without a valid key. */
  static ProblemException unauthenticated() {
    return new ProblemException(
        ProblemKind.UNAUTHENTICATED,
        "Expected one valid API key in Authorization: Bearer or X-Api-Key, but there is none");
  }
}
