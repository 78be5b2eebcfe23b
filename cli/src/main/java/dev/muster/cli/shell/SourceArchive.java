package dev.muster.cli.shell;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * Packs a source tree as a {@code tar.gz} that depends on names and bytes alone: the same tree is
 * the same archive, and thereby the same revision, whoever packs it and when.
 */
public final class SourceArchive {
  /** What is made from sources or belongs to one machine, and the server would refuse anyway. */
  private static final Set<String> LEFT_OUT =
      Set.of(".git", ".muster", ".venv", "__pycache__", ".DS_Store");

  private static final int EXECUTABLE = 0755;
  private static final int PLAIN = 0644;

  private final Path root;
  private final List<Path> files = new ArrayList<>();
  private final List<Path> unfit = new ArrayList<>();

  private SourceArchive(Path root) {
    this.root = root;
  }

  /** Looks for what is to be packed: a folder with all below it, or one file. */
  public static SourceArchive of(Path what) throws IOException {
    if (Files.isRegularFile(what)) {
      Path file = what.toAbsolutePath();
      SourceArchive archive = new SourceArchive(Objects.requireNonNull(file.getParent()));
      archive.files.add(file);
      return archive;
    }
    SourceArchive archive = new SourceArchive(what.toAbsolutePath());
    archive.look();
    return archive;
  }

  /** How many files there are to pack. */
  public int count() {
    return files.size();
  }

  /** Links and special files, which are not packed. */
  public List<Path> unfit() {
    return unfit.stream().map(root::relativize).toList();
  }

  private void look() throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return !folder.equals(root) && isLeftOut(folder)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!isLeftOut(file)) {
              (attributes.isRegularFile() ? files : unfit).add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(Comparator.comparing(this::name));
  }

  private static boolean isLeftOut(Path file) {
    return LEFT_OUT.contains(String.valueOf(file.getFileName()));
  }

  private String name(Path file) {
    return root.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
  }

  /** Writes the archive; the stream stays open. */
  public void write(OutputStream out) throws IOException {
    GzipParameters plain = new GzipParameters();
    plain.setOperatingSystem(255); // unknown: the archive is nobody's
    GzipCompressorOutputStream packed = new GzipCompressorOutputStream(out, plain);
    TarArchiveOutputStream tar = new TarArchiveOutputStream(packed, "UTF-8");
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
    for (Path file : files) {
      TarArchiveEntry entry = new TarArchiveEntry(name(file), true);
      entry.setSize(Files.size(file));
      entry.setMode(Files.isExecutable(file) ? EXECUTABLE : PLAIN);
      entry.setModTime(0L);
      entry.setIds(0, 0);
      tar.putArchiveEntry(entry);
      Files.copy(file, tar);
      tar.closeArchiveEntry();
    }
    tar.finish();
    packed.finish();
  }
}
