package dev.muster.gateway.bucket;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The rules for keys of objects: what S3 allows, without what some client would take for a way out
 * of the folder into which it saves. A key is data; the platform never uses it as a path.
 */
public final class ObjectKey {
  /** Most bytes of a key in UTF-8, as S3 has it. */
  public static final int BYTES_MAX = 1_024;

  private ObjectKey() {}

  /** What is wrong with a key as one sentence; empty when nothing is. */
  public static Optional<String> complaint(String key) {
    if (key.isEmpty() || key.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
      return Optional.of("Expected a key of 1 to " + BYTES_MAX + " bytes");
    }
    if (key.startsWith("/") || key.contains("//")) {
      return Optional.of("Expected a key without a leading slash and without empty parts");
    }
    if (key.codePoints().anyMatch(ObjectKey::isForbidden)) {
      return Optional.of("Expected a key without control characters and backslashes");
    }
    for (String part : key.split("/", -1)) {
      if (part.equals(".") || part.equals("..")) {
        return Optional.of("Expected a key without the parts . and ..");
      }
    }
    return Optional.empty();
  }

  private static boolean isForbidden(int c) {
    int type = Character.getType(c);
    return Character.isISOControl(c)
        || type == Character.SURROGATE
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || c == '\\'
        || c == 0xFFFE
        || c == 0xFFFF;
  }

  /** A folder as users write it, with or without slashes around it: {@code jobs/x/}. */
  public static String folder(String text) {
    String start = text.startsWith("/") ? text.substring(1) : text;
    return start.isEmpty() || start.endsWith("/") ? start : start + "/";
  }

  /**
   * The first key, by bytes, behind all that begin with a prefix; empty when there is none.
   *
   * @param prefix whole characters
   */
  public static Optional<String> behind(String prefix) {
    if (prefix.isEmpty()) {
      return Optional.empty();
    }
    int last = prefix.codePointBefore(prefix.length());
    String head = prefix.substring(0, prefix.length() - Character.charCount(last));
    if (last == Character.MAX_CODE_POINT) {
      return behind(head);
    }
    // UTF-8 sorts as code points do, and has none for surrogates.
    int next = last + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : last + 1;
    return Optional.of(head + Character.toString(next));
  }
}
