package dev.muster.kit.trace;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** W3C trace contexts as text: {@code 00-TRACE-SPAN-FLAGS}. */
public final class Traceparent {
  private static final Pattern W3C =
      Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
  private static final int TRACE = 3;
  private static final int TRACE_LENGTH = 32;

  private Traceparent() {}

  /** Whether it is a context, of the one version there is. */
  public static boolean isValid(@Nullable String text) {
    return text != null && W3C.matcher(text).matches();
  }

  /** Whether both are contexts of one trace; two missing ones are as well. */
  public static boolean isSameTrace(@Nullable String one, @Nullable String other) {
    if (one == null || other == null) {
      return one == null && other == null;
    }
    return one.equals(other) || one.regionMatches(TRACE, other, TRACE, TRACE_LENGTH);
  }
}
