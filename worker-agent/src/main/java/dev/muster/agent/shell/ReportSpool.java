package dev.muster.agent.shell;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Unsent reports on disk: a file per batch, written before the batch is sent and deleted when the
 * broker has it. Not forced to the disk: it survives the agent, not the host, and a host that goes
 * down loses its leases anyway.
 */
final class ReportSpool {
  private final Path folder;
  private long next;

  ReportSpool(Path folder) {
    this.folder = folder;
    List<Path> left = left();
    this.next = left.isEmpty() ? 1 : number(left.getLast()) + 1;
  }

  /** Batches that a former agent did not get rid of, oldest first. */
  List<Path> left() {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".json"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Expected to list unsent reports, but the disk refused", e);
    }
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
    Path file = folder.resolve(String.format("%019d.json", next++));
    try {
      return Files.write(file, batch);
    } catch (IOException e) {
      throw new UncheckedIOException("Expected to keep reports, but the disk refused", e);
    }
  }

  void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Expected to delete sent reports, but the disk refused", e);
    }
  }

  private static long number(Path file) {
    String name = file.getFileName().toString();
    return Long.parseLong(name.substring(0, name.indexOf('.')));
  }
}
