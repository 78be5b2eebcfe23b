package dev.muster.gateway.keyvalue;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of a document before it is changed: {@code If-Match} and {@code If-None-Match} of
 * RFC 9110, 13.1. Entity tags are compared strongly, so a weak one never matches.
 *
 * @param match tags of which the document must have one; null for any state
 * @param noneMatch tags of which the document must have none; null for any state
 */
public record Precondition(@Nullable List<String> match, @Nullable List<String> noneMatch) {
  private static final String ANY = "*";

  /** Reads the headers' values; null for a header that is absent. */
  public static Precondition of(@Nullable String ifMatch, @Nullable String ifNoneMatch) {
    return new Precondition(tags(ifMatch), tags(ifNoneMatch));
  }

  /** The entity tag of a version. */
  public static String tag(long version) {
    return "\"" + version + "\"";
  }

  /**
   * Whether it holds.
   *
   * @param version that of the document; null where there is none
   */
  public boolean holds(@Nullable Long version) {
    return (match == null || has(match, version))
        && (noneMatch == null || !has(noneMatch, version));
  }

  private static boolean has(List<String> tags, @Nullable Long version) {
    return version != null && (tags.contains(ANY) || tags.contains(tag(version)));
  }

  private static @Nullable List<String> tags(@Nullable String header) {
    return header == null ? null : Arrays.stream(header.split(",", -1)).map(String::strip).toList();
  }
}
