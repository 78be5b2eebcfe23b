package dev.muster.gateway.blob;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The rules for names of stored files: a relative path of plain segments that every common file
 * system can hold. The name is data; the platform never uses it as a path of its own.
 */
public final class EntryName {
  /** Most bytes of a name in UTF-8, and of one segment: what file systems take. */
  public static final int BYTES_MAX = 255;

  private static final String FORBIDDEN = "\\:*?\"<>|";

  /** Names of devices on Windows, with any extension. */
  private static final Set<String> DEVICES =
      Set.of(
          "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7",
          "com8", "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9");

  private EntryName() {}

  /** What is wrong with a name as one sentence; empty when nothing is. */
  public static Optional<String> complaint(String name) {
    if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
      return Optional.of("Expected a name of 1 to " + BYTES_MAX + " bytes");
    }
    if (name.startsWith("/")) {
      return Optional.of("Expected a relative name, but it begins with /");
    }
    if (name.codePoints().anyMatch(EntryName::isForbidden)) {
      return Optional.of(
          "Expected a name without control characters and without any of " + FORBIDDEN);
    }
    if (hasEncodedSeparator(name)) {
      return Optional.of("Expected a name without percent-encoded dots and slashes");
    }
    for (String segment : name.split("/", -1)) {
      Optional<String> complaint = segmentComplaint(segment);
      if (complaint.isPresent()) {
        return complaint;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> segmentComplaint(String segment) {
    if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
      return Optional.of("Expected a name without empty parts, . and ..");
    }
    if (segment.endsWith(".") || segment.endsWith(" ") || segment.startsWith(" ")) {
      return Optional.of("Expected no part of the name to end in a dot or begin or end in a space");
    }
    int dot = segment.indexOf('.');
    String stem = dot < 0 ? segment : segment.substring(0, dot);
    if (DEVICES.contains(stem.strip().toLowerCase(Locale.ROOT))) {
      return Optional.of("Expected a name that is no device on any system");
    }
    return Optional.empty();
  }

  private static boolean hasEncodedSeparator(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.contains("%2e") || lower.contains("%2f") || lower.contains("%5c");
  }

  private static boolean isForbidden(int c) {
    int type = Character.getType(c);
    return Character.isISOControl(c)
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || type == Character.SURROGATE
        || type == Character.UNASSIGNED
        || FORBIDDEN.indexOf(c) >= 0;
  }
}
