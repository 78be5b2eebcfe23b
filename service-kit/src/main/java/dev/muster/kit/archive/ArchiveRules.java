package dev.muster.kit.archive;

import java.text.Normalizer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Decides entry by entry whether an archive may be unpacked. It remembers what it has let through;
 * one instance judges one archive, from its first entry on.
 */
public final class ArchiveRules {
  /** What an entry is. */
  public enum Kind {
    /** A plain file. */
    FILE,
    /** A folder. */
    FOLDER,
    /** A symbolic or hard link. */
    LINK,
    /** A device, a FIFO, or something else. */
    SPECIAL
  }

  /**
   * An entry as its archive describes it.
   *
   * @param name its path in the archive
   * @param kind what it is
   * @param bytes its size
   * @param mode its permission bits
   */
  public record Entry(String name, Kind kind, long bytes, int mode) {}

  /**
   * How large an archive may be.
   *
   * @param entriesMax most entries
   * @param fileBytesMax largest file
   * @param bytesMax most bytes of all files
   * @param ratioMax most unpacked bytes for each byte of the archive
   */
  public record Limits(int entriesMax, long fileBytesMax, long bytesMax, int ratioMax) {
    /** Enough for source trees with data; a bomb is stopped long before the disk is full. */
    public static final Limits DEFAULT =
        new Limits(50_000, 1024L * 1024 * 1024, 4L * 1024 * 1024 * 1024, 100);
  }

  private static final int NAME_MAX = 1_024;
  private static final int PART_MAX = 255;
  private static final int DEPTH_MAX = 32;
  private static final int SET_ID_BITS = 06000;

  /** Small archives may be packed better than the ratio says. */
  private static final long RATIO_FREE_BYTES = 16L * 1024 * 1024;

  private final Limits limits;
  private final long archiveBytes;
  private final Set<String> files = new HashSet<>();
  private final Set<String> folders = new HashSet<>();
  private final Set<String> folded = new HashSet<>();
  private int entries;
  private long bytes;

  /**
   * @param limits how large it may be
   * @param archiveBytes size of the archive itself
   */
  public ArchiveRules(Limits limits, long archiveBytes) {
    this.limits = limits;
    this.archiveBytes = archiveBytes;
  }

  /** Why the next entry must not be unpacked; empty when it may be. */
  public Optional<String> complaint(Entry entry) {
    entries++;
    if (entries > limits.entriesMax()) {
      return Optional.of("Expected at most " + limits.entriesMax() + " entries");
    }
    return switch (entry.kind()) {
      case LINK -> Optional.of("Expected files and folders, but there is a link");
      case SPECIAL -> Optional.of("Expected files and folders, but there is a special file");
      case FILE, FOLDER -> plainComplaint(entry);
    };
  }

  private Optional<String> plainComplaint(Entry entry) {
    if ((entry.mode() & SET_ID_BITS) != 0) {
      return Optional.of("Expected no set-user-id and set-group-id bits");
    }
    Optional<String> name = nameComplaint(entry.name());
    if (name.isPresent()) {
      return name;
    }
    String path = path(entry.name());
    if (entry.kind() == Kind.FOLDER) {
      folders.add(path);
      return files.contains(path)
          ? Optional.of("Expected a path once, but it is a file and a folder")
          : parentComplaint(path);
    }
    return sizeComplaint(entry.bytes())
        .or(() -> twinComplaint(path))
        .or(() -> parentComplaint(path));
  }

  private Optional<String> sizeComplaint(long size) {
    if (size < 0 || size > limits.fileBytesMax()) {
      return Optional.of("Expected files of at most " + limits.fileBytesMax() + " bytes");
    }
    bytes += size;
    if (bytes > limits.bytesMax()) {
      return Optional.of("Expected at most " + limits.bytesMax() + " bytes unpacked");
    }
    return bytes > RATIO_FREE_BYTES && bytes / Math.max(1, archiveBytes) >= limits.ratioMax()
        ? Optional.of("Expected an archive that unpacks to less than 100 times its size")
        : Optional.empty();
  }

  /** Two names that some file systems take for one would overwrite each other. */
  private Optional<String> twinComplaint(String path) {
    files.add(path);
    String fold = Normalizer.normalize(path, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    return !folded.add(fold) || folders.contains(path)
        ? Optional.of(
            "Expected each path once, but another differs only in case, in how letters are composed, or not at all")
        : Optional.empty();
  }

  private Optional<String> parentComplaint(String path) {
    for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      if (files.contains(path.substring(0, slash))) {
        return Optional.of("Expected a folder above each entry, but there is a file");
      }
    }
    return Optional.empty();
  }

  private static Optional<String> nameComplaint(String name) {
    String path = path(name);
    if (name.startsWith("/") || name.length() > NAME_MAX || path.isEmpty() && !isRoot(name)) {
      return Optional.of("Expected a relative path of 1 to " + NAME_MAX + " characters");
    }
    if (name.chars().anyMatch(c -> Character.isISOControl(c) || c == '\\' || c == ':')) {
      return Optional.of("Expected no control characters, backslashes and colons in a path");
    }
    if (isRoot(name)) {
      return Optional.empty();
    }
    String[] parts = path.split("/", -1);
    if (parts.length > DEPTH_MAX) {
      return Optional.of("Expected at most " + DEPTH_MAX + " folders above a file");
    }
    for (String part : parts) {
      if (part.isEmpty() || part.equals(".") || part.equals("..") || part.length() > PART_MAX) {
        return Optional.of("Expected a path without empty parts, . and ..");
      }
      if (part.equalsIgnoreCase(".git")) {
        return Optional.of("Expected no .git folder: its hooks could run");
      }
    }
    return Optional.empty();
  }

  private static boolean isRoot(String name) {
    return name.equals(".") || name.equals("./");
  }

  /** The path without what tar puts around it: a leading ./ and a folder's last slash. */
  public static String path(String name) {
    String path = name.startsWith("./") ? name.substring(2) : name;
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
