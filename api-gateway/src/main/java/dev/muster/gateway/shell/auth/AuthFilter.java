package dev.muster.gateway.shell.auth;

import dev.muster.gateway.key.ApiKey;
import dev.muster.gateway.key.Scope;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;
import java.time.Instant;
import java.util.List;

/** Asks every request to the API for a key: {@code Authorization: Bearer} or {@code X-Api-Key}. */
@Provider
@Priority(Priorities.AUTHENTICATION)
public class AuthFilter implements ContainerRequestFilter {
  private static final String BEARER = "Bearer ";

  private final KeyVerifier verifier;
  private final Caller caller;

  AuthFilter(KeyVerifier verifier, Caller caller) {
    this.verifier = verifier;
    this.caller = caller;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (!request.getUriInfo().getPath().startsWith("/api/")) {
      return;
    }
    Principal principal =
        ApiKey.parse(credential(request))
            .flatMap(verifier::verify)
            .orElseThrow(AuthFilter::unauthenticated);
    if (principal.expiresAt() != null && principal.expiresAt().isBefore(Instant.now())) {
      throw new ProblemException(
          ProblemKind.KEY_EXPIRED, "Expected a key that is valid, but it has expired");
    }
    if (principal.tenantDisabled()) {
      throw new ProblemException(
          ProblemKind.TENANT_DISABLED, "Expected an active tenant, but it is disabled");
    }
    Scope needed = isRead(request.getMethod()) ? Scope.READ : Scope.WRITE;
    if (!principal.scopes().contains(needed)) {
      throw new ProblemException(
          ProblemKind.SCOPE,
          "Expected a key with the scope " + needed.word() + ", but it lacks that");
    }
    caller.is(principal);
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

  private static ProblemException unauthenticated() {
    return new ProblemException(
        ProblemKind.UNAUTHENTICATED,
        "Expected one valid API key in Authorization: Bearer or X-Api-Key, but there is none");
  }
}
