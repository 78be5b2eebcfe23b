package dev.muster.gateway.key;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

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

  /** The scope of a word; empty when it is none. */
  public static Optional<Scope> of(String word) {
    for (Scope scope : values()) {
      if (scope.word().equals(word)) {
        return Optional.of(scope);
      }
    }
    return Optional.empty();
  }

  /** The words of scopes, comma separated, in one order. */
  public static String words(Set<Scope> scopes) {
    return new TreeSet<>(scopes).stream().map(Scope::word).collect(Collectors.joining(","));
  }
}
