package dev.muster.gateway.bucket;

import java.util.Locale;

/** The names of jobs' folders (U0-03). */
public final class Slug {
  private static final int LENGTH_MAX = 63;

  private Slug() {}

  /**
   * The slug of a name: lower case, without spaces and whatever is no letter, digit, dash or
   * underscore.
   *
   * @param otherwise what it is when nothing of the name is left
   */
  public static String of(String name, String otherwise) {
    String slug = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "");
    String kept = slug.length() <= LENGTH_MAX ? slug : slug.substring(0, LENGTH_MAX);
    return kept.isEmpty() ? otherwise : kept;
  }

  /** The n-th choice for a slug, from 1: the slug itself, then with a number. */
  public static String choice(String slug, int n) {
    return n == 1 ? slug : slug + "-" + n;
  }
}
