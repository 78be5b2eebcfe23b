package dev.muster.gateway.shell.auth;

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
    if (principal == null) {
      throw new IllegalStateException("Expected an authenticated request, but it is not");
    }
    return principal.tenant();
  }
}
