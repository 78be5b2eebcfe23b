package dev.muster.gateway.submission;

import java.util.Collection;
import java.util.Optional;

/** Names of fields: what was probably meant, and what may be shown. */
final class Names {
  private static final int SHOWN_MAX = 100;

  private Names() {}

  /** The known name nearest to an unknown one, when it is near enough to be a slip. */
  static Optional<String> nearest(String name, Collection<String> known) {
    String best = null;
    int least = Math.max(2, name.length() / 3) + 1;
    for (String candidate : known) {
      int distance = distance(name, candidate, least);
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
    return Optional.ofNullable(best);
  }

  /** At most 100 characters, without any that a terminal or a page would act on. */
  static String shown(String name) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < name.length() && text.length() < SHOWN_MAX; i++) {
      char c = name.charAt(i);
      text.append(isInvisible(c) || Character.isSurrogate(c) ? '?' : c);
    }
    return text.toString();
  }

  /** Whether the text has something to read and nothing invisible in it. */
  static boolean isDisplaySafe(String text) {
    return !text.isBlank()
        && text.equals(text.strip())
        && text.codePoints().noneMatch(Names::isInvisible);
  }

  private static boolean isInvisible(int c) {
    int type = Character.getType(c);
    return Character.isISOControl(c)
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || type == Character.UNASSIGNED
        || type == Character.PRIVATE_USE;
  }

  /** Levenshtein's distance, or {@code limit} when it is not below that. */
  private static int distance(String a, String b, int limit) {
    if (Math.abs(a.length() - b.length()) >= limit) {
      return limit;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(change, Math.min(above, row[j - 1]) + 1);
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
