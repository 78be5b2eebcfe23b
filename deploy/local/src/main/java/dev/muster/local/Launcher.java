package dev.muster.local;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The stack's commands: {@code up}, {@code down}, {@code ps}, {@code logs}, {@code demo}. */
public final class Launcher {
  private static final int FAILED = 1;
  private static final int MISUSED = 2;

  private static final String USAGE =
      """
      The whole platform on this machine, kept in .muster/ of the current folder.

        ./muster up [--detach] [--port N]   start whatever does not run; API on port N (8080)
        ./muster down                       stop everything; the data stays
        ./muster ps [-o table|json]         each component with state, pid, port, memory
        ./muster logs COMPONENT [-f]        what a component printed; -f follows it
        ./muster demo [--keep] [--port N]   a real search on real data; --keep leaves the stack up

      Components: kafka, postgres, api-gateway, job-planner, task-dispatcher, result-aggregator,
      worker-agent, worker-1, worker-2. The environment reaches the services: DISPATCHER_LEASE=5s ./muster up
      """;

  /** Held on to: a logger that nobody holds forgets its level. */
  private static final Logger MIGRATIONS = Logger.getLogger("org.flywaydb");

  private Launcher() {}

  /** Runs one command; the exit code is 0, 1 for a failure, 2 for misuse, or the demo's. */
  public static void main(String[] args) {
    MIGRATIONS.setLevel(
        Level.SEVERE); // not the note, at each start, that numbers may come out of order
    Thread commander = Thread.currentThread();
    CountDownLatch done = new CountDownLatch(1);
    // Ctrl-C: the command gives up, cleans up after itself, and only then the JVM ends.
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              if (done.getCount() > 0) {
                commander.interrupt();
                awaitCleanup(done);
              }
            }));
    int code;
    try {
      code = run(List.of(args), System.out, System.err);
    } finally {
      done.countDown();
    }
    System.exit(code);
  }

  private static void awaitCleanup(CountDownLatch done) {
    try {
      if (!done.await(90, TimeUnit.SECONDS)) {
        System.err.println("muster: Expected to stop within 90 s, but did not; try ./muster down");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int run(List<String> args, PrintStream out, PrintStream err) {
    try {
      Arguments arguments = Arguments.parse(args);
      return arguments.help() ? help(out) : run(arguments, out, err);
    } catch (Arguments.Misuse e) {
      err.println("muster: " + e.getMessage());
      err.println("See ./muster up --help");
      return MISUSED;
    } catch (IOException e) {
      err.println("muster: " + e.getMessage());
      return FAILED;
    }
  }

  private static int help(PrintStream out) {
    out.print(USAGE);
    return 0;
  }

  private static int run(Arguments arguments, PrintStream out, PrintStream err)
      throws IOException, Arguments.Misuse {
    StackFolder folder = StackFolder.current();
    switch (arguments.command()) {
      case UP -> new UpCommand(folder, Distribution.current(), out, err).run(arguments);
      case DOWN -> {
        boolean any = new Stack(folder, Distribution.current(), false, err::println).down();
        out.println(any ? "Muster is down; its data stays in " + folder.root() : "nothing runs");
      }
      case PS -> PsCommand.run(folder, arguments.json(), out);
      case LOGS -> {
        Path log = folder.log(arguments.component().orElseThrow());
        LogsCommand.run(log, arguments.follow(), out);
      }
      case DEMO -> {
        return new DemoCommand(folder, Distribution.current(), out, err).run(arguments);
      }
      case TRAIN -> Training.run(Distribution.current(), err::println);
    }
    return 0;
  }
}
