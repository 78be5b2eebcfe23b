package dev.muster.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the kernel says of the platform's processes: CPU time and memory of each component with all
 * its children, ended ones included.
 */
final class Processes {
  /**
   * Clock ticks a second in /proc/PID/stat; 100 on Linux for every architecture that Java runs on.
   */
  private static final long TICK_MICROS = 10_000;

  private Processes() {}

  /** The components and their process ids, as {@code muster ps} tells them. */
  static Map<String, Long> components(Path muster) throws IOException, InterruptedException {
    Process ps =
        new ProcessBuilder(muster.toString(), "ps", "-o", "json")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    JsonNode list = Client.JSON.readTree(ps.getInputStream().readAllBytes());
    ps.waitFor();
    Map<String, Long> components = new LinkedHashMap<>();
    list.forEach(component ->
        components.put(component.path("name").asText(), component.path("pid").asLong()));
    return components;
  }

  /**
   * CPU microseconds of a process tree so far: user and system, of itself, its living descendants
   * and all reaped children.
   */
  static long cpuMicros(long pid) {
    long ticks = ownTicks(pid);
    return ticks * TICK_MICROS
        + descendants(pid).mapToLong(child -> ownTicks(child) * TICK_MICROS).sum();
  }

  /**
   * Proportional set size of a process tree in KiB: shared pages are divided among those who share
   * them.
   */
  static long pssKib(long pid) {
    return Stream.concat(Stream.of(pid), descendants(pid)).mapToLong(Processes::ownPssKib).sum();
  }

  private static Stream<Long> descendants(long pid) {
    return ProcessHandle.of(pid).stream()
        .flatMap(ProcessHandle::descendants)
        .map(ProcessHandle::pid);
  }

  private static long ownTicks(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      long ticks = 0;
      for (int field = 11; field <= 14; field++) { // utime, stime, cutime, cstime of proc(5)
        ticks += Long.parseLong(fields[field]);
      }
      return ticks;
    } catch (IOException e) {
      return 0; // It ended between the listing and the reading; its time is in its parent's.
    }
  }

  private static long ownPssKib(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "smaps_rollup"))) {
      return lines
          .filter(line -> line.startsWith("Pss:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .sum();
    } catch (IOException e) {
      return 0;
    }
  }
}
