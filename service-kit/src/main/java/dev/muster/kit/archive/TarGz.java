package dev.muster.kit.archive;

import dev.muster.kit.SourceStream;
import dev.muster.kit.archive.ArchiveRules.Entry;
import dev.muster.kit.archive.ArchiveRules.Kind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code tar.gz} archives of strangers as streams. Sizes are counted on the bytes that come,
 * not believed from headers.
 */
public final class TarGz {
  private static final int OWNER_EXECUTE = 0100;

  private TarGz() {}

  /** Sees an entry that may be unpacked, with its bytes. */
  @FunctionalInterface
  public interface Visitor {
    void visit(Entry entry, InputStream bytes) throws IOException;
  }

  /**
   * Walks an archive to its end.
   *
   * @param archiveBytes its size
   * @throws HostileArchiveException when an entry must not be unpacked, or it is no archive
   * @throws IOException when its bytes cannot be read
   */
  public static void walk(
      InputStream archive, long archiveBytes, ArchiveRules.Limits limits, Visitor visitor)
      throws IOException {
    ArchiveRules rules = new ArchiveRules(limits, archiveBytes);
    Source source = new Source(archive);
    try (TarArchiveInputStream tar = source.reading(() -> open(source))) {
      InputStream bytes = new EntryBytes(source, tar);
      for (TarArchiveEntry next = source.reading(tar::getNextEntry);
          next != null;
          next = source.reading(tar::getNextEntry)) {
        Entry entry = new Entry(next.getName(), kind(next), next.getSize(), next.getMode());
        Optional<String> complaint = rules.complaint(entry);
        if (complaint.isPresent()) {
          throw new HostileArchiveException(
              complaint.get() + " (entry " + shown(entry.name()) + ")");
        }
        visitor.visit(entry, bytes);
      }
    }
  }

  /**
   * Unpacks an archive into a folder that is empty and nobody else's. Links never exist in it, so
   * no path can lead out.
   */
  public static void unpack(
      InputStream archive, long archiveBytes, ArchiveRules.Limits limits, Path folder)
      throws IOException {
    walk(
        archive,
        archiveBytes,
        limits,
        (entry, bytes) -> {
          Path target = folder.resolve(ArchiveRules.path(entry.name())).normalize();
          if (!target.startsWith(folder)) {
            throw new HostileArchiveException("Expected a path inside, but it leads out");
          }
          if (entry.kind() == Kind.FOLDER) {
            Files.createDirectories(target);
            return;
          }
          Files.createDirectories(target.getParent());
          try (var out =
              Files.newOutputStream(
                  target,
                  StandardOpenOption.CREATE_NEW,
                  StandardOpenOption.WRITE,
                  LinkOption.NOFOLLOW_LINKS)) {
            bytes.transferTo(out);
          }
          boolean executable = (entry.mode() & OWNER_EXECUTE) != 0;
          Files.setPosixFilePermissions(
              target, PosixFilePermissions.fromString(executable ? "rwx------" : "rw-------"));
        });
  }

  private static TarArchiveInputStream open(InputStream archive) throws IOException {
    return new TarArchiveInputStream(
        new BufferedInputStream(
            new GzipCompressorInputStream(new BufferedInputStream(archive, 64 * 1024)), 64 * 1024));
  }

  /** Something that reads from the archive. */
  @FunctionalInterface
  private interface Reading<T extends @Nullable Object> {
    T run() throws IOException;
  }

  /** Tells an archive that makes no sense from bytes that could not be had. */
  private static final class Source extends SourceStream {
    Source(InputStream in) {
      super(in);
    }

    <T extends @Nullable Object> T reading(Reading<T> reading) throws IOException {
      try {
        return reading.run();
      } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
        if (failure() != null && e instanceof IOException unread) {
          throw unread;
        }
        throw new HostileArchiveException("Expected a whole tar.gz archive, but it cannot be read");
      }
    }
  }

  /** The bytes of the current entry. */
  private static final class EntryBytes extends InputStream {
    private final Source source;
    private final InputStream tar;

    EntryBytes(Source source, InputStream tar) {
      this.source = source;
      this.tar = tar;
    }

    @Override
    public int read() throws IOException {
      return source.reading(tar::read);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      return source.reading(() -> tar.read(buffer, offset, length));
    }
  }

  private static Kind kind(TarArchiveEntry entry) {
    if (entry.isDirectory()) {
      return Kind.FOLDER;
    }
    if (entry.isSymbolicLink() || entry.isLink()) {
      return Kind.LINK;
    }
    boolean special =
        entry.isFIFO()
            || entry.isCharacterDevice()
            || entry.isBlockDevice()
            || entry.isSparse()
            || !entry.isFile();
    return special ? Kind.SPECIAL : Kind.FILE;
  }

  private static String shown(String name) {
    String plain = name.replaceAll("\\p{C}", "?");
    return plain.length() <= 100 ? plain : plain.substring(0, 100);
  }
}
