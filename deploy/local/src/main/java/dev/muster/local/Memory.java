package dev.muster.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Memory of processes, from the kernel's books. */
final class Memory {
  private Memory() {}

  /**
   * Proportional set size in bytes: pages shared with others are counted in part, so that the sum
   * over all processes is what the machine gives. Descendants are included, since PostgreSQL is a
   * family; for a worker they are its tasks and left out.
   */
  static long pssBytes(long pid, boolean family) {
    Stream<Long> pids = Stream.of(pid);
    if (family) {
      Stream<Long> children =
          ProcessHandle.of(pid).stream()
              .flatMap(ProcessHandle::descendants)
              .map(ProcessHandle::pid);
      pids = Stream.concat(pids, children);
    }
    return pids.mapToLong(Memory::pssBytes).sum();
  }

  private static long pssBytes(long pid) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(pid), "smaps_rollup")).stream()
          .filter(line -> line.startsWith("Pss:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .sum();
    } catch (IOException e) {
      // Gone by now.
      return 0;
    }
  }
}
