package dev.muster.gateway.shell.auth;

import dev.muster.gateway.key.Scope;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import jakarta.enterprise.context.RequestScoped;
import org.jspecify.annotations.Nullable;

/** Whose request is being answered. */
@RequestScoped
public class Caller {
  private @Nullable Principal principal;

  void is(Principal principal) {
    this.principal = principal;
  }

  /** The tenant; every query names it. */
  public String tenant() {
    return principal().tenant();
  }

  /** Who it is. */
  public Principal principal() {
    if (principal == null) {
      throw new IllegalStateException("Expected an authenticated request, but it is not");
    }
    return principal;
  }

  /** Whether the key allows it. */
  public boolean may(Scope scope) {
    return principal().scopes().contains(scope);
  }

  /**
   * Ends the request when the key does not allow something.
   *
   * @throws ProblemException that names the missing scope
   */
  public void require(Scope scope) {
    if (!may(scope)) {
      throw new ProblemException(
          ProblemKind.SCOPE,
          "Expected a key with the scope " + scope.word() + ", but it lacks that");
    }
  }
}
