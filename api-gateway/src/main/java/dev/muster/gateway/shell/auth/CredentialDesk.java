package dev.muster.gateway.shell.auth;

import dev.muster.gateway.key.ApiKey;
import dev.muster.gateway.key.Scope;
import dev.muster.gateway.shell.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/**
 * Finds out who is calling: by one key in {@code Authorization: Bearer} or {@code X-Api-Key}, or,
 * without a key, by a ticket for the very path that is asked for.
 */
@ApplicationScoped
public class CredentialDesk {
  private static final String BEARER = "Bearer ";

  private final KeyVerifier verifier;
  private final KeyFailures failures;
  private final TicketRepository tickets;

  CredentialDesk(KeyVerifier verifier, KeyFailures failures, TicketRepository tickets) {
    this.verifier = verifier;
    this.failures = failures;
    this.tickets = tickets;
  }

  /**
   * Who is calling. A ticket is used up by this.
   *
   * @param source the address the request came from
   * @param bearer values of the header {@code Authorization}
   * @param apiKey values of the header {@code X-Api-Key}
   * @param ticket values of the query parameter {@code ticket}
   * @param path the path that is asked for
   * @throws ProblemException when no valid credential says so, or too many wrong ones came
   */
  public Principal principal(
      String source, List<String> bearer, List<String> apiKey, List<String> ticket, String path) {
    if (bearer.isEmpty() && apiKey.isEmpty() && ticket.size() == 1) {
      failures.requireRoom(source);
      return tickets
          .redeem(ticket.getFirst(), path)
          .orElseThrow(() -> failures.refusal(source, null));
    }
    ApiKey key =
        ApiKey.parse(credential(bearer, apiKey)).orElseThrow(() -> failures.refusal(source, null));
    if (!verifier.isFamiliar(key.id())) {
      failures.requireRoom(source);
    }
    return verifier.verify(key).orElseThrow(() -> failures.refusal(source, key.prefix()));
  }

  private static String credential(List<String> bearer, List<String> apiKey) {
    if (bearer.size() + apiKey.size() != 1) {
      throw AuthFilter.unauthenticated();
    }
    if (!apiKey.isEmpty()) {
      return apiKey.getFirst();
    }
    String value = bearer.getFirst();
    if (!value.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      throw AuthFilter.unauthenticated();
    }
    return value.substring(BEARER.length());
  }

  /** Whether a caller may do what needs this scope now. */
  public static boolean mayCall(Principal principal, Scope needed) {
    return !principal.expired()
        && !principal.tenantDisabled()
        && principal.scopes().contains(needed);
  }
}
