package dev.muster.gateway.shell.http;

import dev.muster.gateway.shell.config.Secrets;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.kit.AttemptRight;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Instant;

/** Asks requests of workers for the right of one attempt: {@code Authorization: Attempt …}. */
@Singleton
public class AttemptRights {
  private static final String SCHEME = "Attempt ";

  private final Secrets secrets;

  AttemptRights(Secrets secrets) {
    this.secrets = secrets;
  }

  /** The right that the request shows. */
  AttemptRight of(RoutingContext context) {
    String header = context.request().getHeader("Authorization");
    String text =
        header == null || !header.startsWith(SCHEME) ? "" : header.substring(SCHEME.length());
    return AttemptRight.verified(text, secrets::jobKey, Instant.now())
        .orElseThrow(() ->
            new ProblemException(
                ProblemKind.UNAUTHENTICATED,
                "Expected the right of an attempt, but there is none that is valid"));
  }
}
