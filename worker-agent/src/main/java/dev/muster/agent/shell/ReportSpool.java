package dev.muster.agent.shell;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Stream;

/**
 * Unsent reports on disk: a file per batch, written before the batch is sent and emptied when the
 * broker has it. Files are used again, because making and deleting thousands of them a second is
 * what file systems do worst. Not forced to the disk: it survives the agent, not the host, and a
 * host that goes down loses its leases anyway.
 */
final class ReportSpool {
  private static final String ENDING = ".json";

  private final Path folder;
  private final Deque<Path> empty = new ConcurrentLinkedDeque<>();
  private long next;

  ReportSpool(Path folder) {
    this.folder = folder;
    for (Path file : files()) {
      next = Math.max(next, number(file) + 1);
      if (file.toFile().length() == 0) {
        empty.add(file);
      }
    }
  }

  /** Batches that a former agent did not get rid of. */
  List<Path> left() {
    return files().stream().filter(file -> file.toFile().length() > 0).toList();
  }

  byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Expected to read unsent reports, but the disk refused", e);
    }
  }

  /** Keeps a batch; used by one thread. */
  Path keep(byte[] batch) {
    Path used = empty.poll();
    Path file = used == null ? folder.resolve(next++ + ENDING) : used;
    try {
      return Files.write(file, batch);
    } catch (IOException e) {
      throw new UncheckedIOException("Expected to keep reports, but the disk refused", e);
    }
  }

  /** The batch of this file is not needed any more. */
  void release(Path file) {
    try {
      Files.write(file, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
      empty.add(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Expected to empty a file of reports, but it failed", e);
    }
  }

  private List<Path> files() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(ENDING)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Expected to list unsent reports, but the disk refused", e);
    }
  }

  private static long number(Path file) {
    String name = file.getFileName().toString();
    return Long.parseLong(name.substring(0, name.length() - ENDING.length()));
  }
}
