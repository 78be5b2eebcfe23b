package dev.muster.gateway.shell.stream;

import dev.muster.gateway.key.Scope;
import dev.muster.gateway.shell.auth.CredentialDesk;
import dev.muster.gateway.shell.auth.Principal;
import dev.muster.gateway.shell.config.GatewayConfig;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.kit.DatabaseUnavailableException;
import io.quarkus.websockets.next.HttpUpgradeCheck;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * Who may open the WebSocket: a key in a header or a ticket in the query, and from a browser only
 * pages of an allowed origin, since a browser adds what it knows of the user to any page's request.
 */
@ApplicationScoped
public class SocketGate implements HttpUpgradeCheck {
  private final CredentialDesk credentials;
  private final List<String> allowedOrigins;

  SocketGate(CredentialDesk credentials, GatewayConfig config) {
    this.credentials = credentials;
    this.allowedOrigins = config.allowedOrigins().orElse(List.of());
  }

  @Override
  public Uni<CheckResult> perform(HttpUpgradeContext context) {
    Context loop = Vertx.currentContext();
    return Uni.createFrom()
        .item(() -> check(context))
        .runSubscriptionOn(task -> Thread.ofVirtual().name("socket-gate").start(task))
        .emitOn(task -> loop.runOnContext(ignored -> task.run()));
  }

  private CheckResult check(HttpUpgradeContext context) {
    HttpServerRequest request = context.httpRequest();
    String origin = request.getHeader("Origin");
    if (origin != null && !isAllowed(origin, request.getHeader("Host"))) {
      return CheckResult.rejectUpgradeSync(403);
    }
    try {
      Principal who =
          credentials.principal(
              String.valueOf(request.remoteAddress().hostAddress()),
              request.headers().getAll("Authorization"),
              request.headers().getAll("X-Api-Key"),
              request.params().getAll("ticket"),
              JobSocket.PATH);
      if (!CredentialDesk.mayCall(who, Scope.READ)) {
        return CheckResult.rejectUpgradeSync(403);
      }
      context
          .userData()
          .put(
              JobSocket.VISITOR,
              new StreamDesk.Visitor(who, request.remoteAddress(), request.headers()));
      String after = request.getParam("after");
      if (after != null) {
        context.userData().put(JobSocket.AFTER, after);
      }
      return CheckResult.permitUpgradeSync();
    } catch (ProblemException e) {
      int status = e.problem().status();
      return CheckResult.rejectUpgradeSync(
          status,
          status == 401
              ? Map.of("WWW-Authenticate", List.of("Bearer"))
              : Map.of("Retry-After", List.of("1")));
    } catch (DatabaseUnavailableException e) {
      return CheckResult.rejectUpgradeSync(503, Map.of("Retry-After", List.of("1")));
    }
  }

  private boolean isAllowed(String origin, String host) {
    if (allowedOrigins.contains(origin)) {
      return true;
    }
    try {
      return URI.create(origin).getAuthority() != null
          && URI.create(origin).getAuthority().equalsIgnoreCase(host);
    } catch (IllegalArgumentException e) {
      return false; // no origin that a browser writes
    }
  }
}
