package dev.muster.agent.shell;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The agent's own folder: a lock against a second agent, the incarnation, reports, work folders.
 */
final class DataFolder implements AutoCloseable {
  private final Path root;
  private final FileChannel lockFile;

  /**
   * Opens the folder, making it when needed.
   *
   * @throws IllegalStateException when another agent uses it
   */
  DataFolder(Path folder) {
    try {
      root = folder.toAbsolutePath().normalize();
      Files.createDirectories(root);
      Files.createDirectories(reports());
      Files.createDirectories(work());
      Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
      lockFile =
          FileChannel.open(
              root.resolve("agent.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = lockFile.tryLock();
      if (lock == null) {
        throw new IllegalStateException(
            "Expected the data folder for this agent alone, but another agent uses it");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Expected to open the data folder, but it cannot be used", e);
    }
  }

  /** The folder itself, absolute. */
  Path root() {
    return root;
  }

  /** Where unsent reports lie. */
  Path reports() {
    return root.resolve("reports");
  }

  /** Where projects and environments are kept for the next attempt that needs them. */
  Path cache() {
    return root.resolve("cache");
  }

  /** Where attempts have their folders. */
  Path work() {
    return root.resolve("work");
  }

  /**
   * The next incarnation: larger than any before and at least the wall clock's milliseconds, so
   * that it grows even when the folder was lost. It is on disk before anybody hears of it.
   */
  long nextIncarnation(long wallMillis) {
    Path file = root.resolve("incarnation");
    try {
      long last = Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
      long next = Math.max(last + 1, wallMillis);
      Path fresh = root.resolve("incarnation.new");
      try (FileChannel channel =
          FileChannel.open(
              fresh,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(Long.toString(next).getBytes(StandardCharsets.US_ASCII)));
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      return next;
    } catch (IOException e) {
      throw new UncheckedIOException("Expected to keep the incarnation, but the disk refused", e);
    }
  }

  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Expected to release the data folder, but it failed", e);
    }
  }
}
