package dev.muster.gateway.export;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One record of RFC 4180. A field that a spreadsheet would take for a formula gets an apostrophe
 * before it (S-110), since a job's tags and names are anybody's words.
 */
public final class CsvRow {
  private static final String FORMULA_STARTS = "=+-@\t\r";

  private CsvRow() {}

  /** The record with its line end; null is an empty field. */
  public static String of(List<? extends @Nullable Object> fields) {
    return fields.stream().map(CsvRow::field).collect(Collectors.joining(",", "", "\r\n"));
  }

  private static String field(@Nullable Object value) {
    if (value == null) {
      return "";
    }
    // A negative number is no formula.
    String text =
        value instanceof CharSequence words ? guarded(words.toString()) : value.toString();
    boolean quoted = text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return quoted ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }

  private static String guarded(String text) {
    return !text.isEmpty() && FORMULA_STARTS.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
  }
}
