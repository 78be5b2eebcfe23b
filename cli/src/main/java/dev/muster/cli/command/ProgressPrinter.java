package dev.muster.cli.command;

import dev.muster.cli.view.Json;
import dev.muster.cli.view.ProgressLine;
import java.io.PrintStream;

/**
 * Shows a job's progress: one line that is drawn again on a terminal, elsewhere a line for each
 * change of state and each tenth of the way.
 */
final class ProgressPrinter {
  private static final String CLEAR_TO_END = "\u001b[K";

  private final PrintStream out;
  private final boolean terminal;
  private String last = "";

  ProgressPrinter(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  void show(Json job) {
    String line = ProgressLine.of(job);
    if (terminal) {
      out.print("\r" + line + CLEAR_TO_END);
      last = line;
    } else {
      String mark = job.text("status") + (int) (ProgressLine.done(job) * 10);
      if (!mark.equals(last)) {
        out.println(line);
        last = mark;
      }
    }
    out.flush();
  }

  void lost() {
    if (terminal) {
      out.print("\r" + last + "  (connection lost, trying again)" + CLEAR_TO_END);
    } else {
      out.println("connection lost, trying again");
    }
    out.flush();
  }

  /** Leaves the last line standing. */
  void end() {
    if (terminal && !last.isEmpty()) {
      out.println();
      out.flush();
    }
  }
}
