package dev.muster.stack;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Ends processes when this JVM is gone, however it went: a small shell holds the reading end of a
 * pipe whose writing end dies with the JVM. A shutdown hook alone would not survive SIGKILL.
 */
public final class Lifeline {
  // SIGINT first, PostgreSQL's fast shutdown; then time to end in order; then the hard way.
  private static final String WATCH =
      """
      read -r word
      [ "$word" = release ] && exit 0
      some_alive() { for pid; do kill -0 "$pid" 2>/dev/null && return 0; done; return 1; }
      kill -INT "$@" 2>/dev/null
      n=0
      while [ $n -lt 50 ] && some_alive "$@"; do sleep 0.1; n=$((n+1)); done
      kill -KILL "$@" 2>/dev/null
      exit 0
      """;

  private final OutputStream pipe;

  private Lifeline(OutputStream pipe) {
    this.pipe = pipe;
  }

  /** Binds the processes to the life of this JVM. */
  public static Lifeline bind(List<ProcessIdentity> processes) throws IOException {
    List<String> command = new ArrayList<>(List.of("setsid", "sh", "-c", WATCH, "lifeline"));
    processes.forEach(process -> command.add(Long.toString(process.pid())));
    Process watcher =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return new Lifeline(watcher.getOutputStream());
  }

  /** Lets the processes live on, or says that they are stopped already. */
  public void release() throws IOException {
    pipe.write("release\n".getBytes(StandardCharsets.US_ASCII));
    pipe.close();
  }
}
