package dev.muster.gateway.key;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What a key allows. */
public enum Scope {
  /** See jobs, results and streams. */
  READ,
  /** Submit, cancel and retry jobs. */
  WRITE,
  /** Edit tenants and keys. */
  ADMIN;

  /** The word in the database and in messages. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads a comma separated list of words.
   *
   * @throws IllegalArgumentException when one of them is none
   */
  public static Set<Scope> parse(String words) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (String word : words.split(",", -1)) {
      scopes.add(valueOf(word.strip().toUpperCase(Locale.ROOT)));
    }
    return Set.copyOf(scopes);
  }
}
