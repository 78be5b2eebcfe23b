package dev.muster.local;

import java.io.IOException;
import java.io.PrintStream;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** {@code up}: starts the stack and, unless detached, stays with it until Ctrl-C. */
final class UpCommand {
  private final StackFolder folder;
  private final Distribution distribution;
  private final PrintStream out;
  private final PrintStream err;

  UpCommand(StackFolder folder, Distribution distribution, PrintStream out, PrintStream err) {
    this.folder = folder;
    this.distribution = distribution;
    this.out = out;
    this.err = err;
  }

  void run(Arguments arguments) throws IOException {
    Stack stack = new Stack(folder, distribution, false, err::println);
    if (!stack.prepare(arguments.port())) {
      Training.runIfNeeded(distribution, err::println);
    }
    StackState state = stack.up(arguments.port());
    int port = state.port("api-gateway").orElseThrow();
    out.printf("Muster is up.%n");
    out.printf("  API      http://127.0.0.1:%d/api/v1%n", port);
    out.printf("  API key  %s%n", folder.apiKey());
    out.printf("  stop     ./muster down%s%n", arguments.detach() ? "" : ", or Ctrl-C");
    out.flush();
    if (!arguments.detach()) {
      stay();
      // The interrupt has done its work; stopping must not be interrupted by it.
      boolean interrupted = Thread.interrupted();
      if (interrupted) {
        err.println("stopping");
        stack.down();
      }
    }
  }

  /** Until an interrupt, or until somebody else has stopped the stack. */
  private void stay() throws IOException {
    Set<Component> dead = EnumSet.noneOf(Component.class);
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      StackState state = StackState.load(folder);
      if (state.phase() == StackState.Phase.STOPPED) {
        err.println("the stack was stopped by another command");
        return;
      }
      for (Component component : Component.values()) {
        boolean lives = state.alive(component).isPresent();
        if (lives) {
          dead.remove(component);
        } else if (state.phase() == StackState.Phase.RUNNING && dead.add(component)) {
          err.printf(
              "%s has ended; see ./muster logs %s; ./muster up --detach starts it again%n",
              component.title(), component.title());
        }
      }
    }
  }
}
