package dev.muster.local;

import dev.muster.local.demo.Demo;
import dev.muster.local.demo.LocalStack;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** {@code demo}: what the demo needs of this stack. */
final class DemoCommand implements LocalStack {
  private static final int FAILED = 1;
  private static final int INTERRUPTED = 130;

  private final StackFolder folder;
  private final Distribution distribution;
  private final Arguments arguments;
  private final PrintStream err;
  private final Stack stack;

  DemoCommand(StackFolder folder, Distribution distribution, Arguments arguments, PrintStream err) {
    this.folder = folder;
    this.distribution = distribution;
    this.arguments = arguments;
    this.err = err;
    this.stack = new Stack(folder, distribution, false, err::println);
  }

  int run() {
    try {
      return Demo.run(this, arguments.keep());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return INTERRUPTED;
    }
  }

  @Override
  public boolean anyLive() {
    try {
      return Stack.anyAlive(StackState.load(folder));
    } catch (IOException e) {
      err.println("muster: " + e.getMessage());
      return false;
    }
  }

  @Override
  public int up() {
    try {
      if (!anyLive()) {
        err.println("bringing the stack up");
        Training.runIfNeeded(distribution, err::println);
      }
      stack.up(arguments.port());
      return 0;
    } catch (IOException e) {
      err.println("muster: " + e.getMessage());
      return FAILED;
    }
  }

  @Override
  public void down() {
    // An interrupt has done its work when it comes here; stopping must not be cut short.
    boolean interrupted = Thread.interrupted();
    try {
      stack.down();
    } catch (IOException e) {
      err.println("muster: " + e.getMessage());
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public ProcessBuilder client(String... words) {
    List<String> command = new ArrayList<>();
    command.add(distribution.java().toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss512k"));
    command.add("-Dmuster.home=" + distribution.home());
    command.addAll(List.of("-jar", distribution.clientJar().toString()));
    command.addAll(List.of(words));
    return new ProcessBuilder(command);
  }
}
