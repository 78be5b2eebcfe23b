package dev.muster.local;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** {@code demo}: a stack round the client's demo; it takes down only what it has brought up. */
final class DemoCommand {
  private static final int INTERRUPTED = 130;

  private final StackFolder folder;
  private final Distribution distribution;
  private final PrintStream out;
  private final PrintStream err;

  DemoCommand(StackFolder folder, Distribution distribution, PrintStream out, PrintStream err) {
    this.folder = folder;
    this.distribution = distribution;
    this.out = out;
    this.err = err;
  }

  int run(Arguments arguments) throws IOException {
    Stack stack = new Stack(folder, distribution, false, err::println);
    boolean wasUp = stack.prepare(arguments.port());
    if (!wasUp) {
      err.println("bringing the stack up");
      Training.runIfNeeded(distribution, err::println);
    }
    stack.up(arguments.port());
    int code;
    try {
      code = client(arguments);
    } finally {
      if (!wasUp && !arguments.keep()) {
        boolean interrupted = Thread.interrupted();
        stack.down();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
    out.flush();
    return code;
  }

  private int client(Arguments arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            distribution.java().toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xss512k",
            "-Dmuster.home=" + distribution.home(),
            "-jar",
            distribution.clientJar().toString(),
            "demo"));
    arguments.example().ifPresent(example -> command.addAll(List.of("--example", example)));
    Process process = new ProcessBuilder(command).inheritIO().start();
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      return INTERRUPTED;
    }
  }
}
