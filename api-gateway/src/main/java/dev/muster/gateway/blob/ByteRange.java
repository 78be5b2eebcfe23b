package dev.muster.gateway.blob;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which bytes a request asks for (RFC 9110, section 14). One range is served; several at once are
 * refused, since each costs a seek and overlapping ones multiply the work.
 */
public sealed interface ByteRange {
  /** All bytes. */
  record Whole() implements ByteRange {}

  /**
   * Some bytes.
   *
   * @param offset the first, from 0
   * @param count how many, from 1
   */
  record Part(long offset, long count) implements ByteRange {
    /** The value of Content-Range. */
    public String contentRange(long size) {
      return "bytes " + offset + "-" + (offset + count - 1) + "/" + size;
    }
  }

  /** None that exist: 416. */
  record Unsatisfiable() implements ByteRange {}

  /** One range; 18 digits fit a long. */
  Pattern ONE = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

  /** Any number of ranges, well formed or not. */
  Pattern MANY = Pattern.compile("bytes=[0-9, -]*,[0-9, -]*");

  /**
   * Reads a Range header. One of another form is ignored, as the standard asks.
   *
   * @param header its value, or null without one
   * @param size bytes there are
   */
  static ByteRange of(@Nullable String header, long size) {
    if (header == null) {
      return new Whole();
    }
    Matcher one = ONE.matcher(header);
    if (!one.matches()) {
      return MANY.matcher(header).matches() ? new Unsatisfiable() : new Whole();
    }
    String first = one.group(1);
    String last = one.group(2);
    if (first.isEmpty()) {
      return last.isEmpty() ? new Whole() : suffix(Long.parseLong(last), size);
    }
    long from = Long.parseLong(first);
    long to = last.isEmpty() ? size - 1 : Math.min(Long.parseLong(last), size - 1);
    if (!last.isEmpty() && Long.parseLong(last) < from) {
      return new Whole(); // not a range at all (RFC 9110, section 14.1.1)
    }
    return from >= size ? new Unsatisfiable() : new Part(from, to - from + 1);
  }

  private static ByteRange suffix(long length, long size) {
    long count = Math.min(length, size);
    return count == 0 ? new Unsatisfiable() : new Part(size - count, count);
  }
}
