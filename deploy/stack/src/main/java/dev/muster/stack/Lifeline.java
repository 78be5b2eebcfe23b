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
  // Each argument is pid:startTicks, and a pid is signalled only while it is that process (field 22
  // of its stat). SIGINT first, PostgreSQL's fast shutdown; then time to end; then the hard way.
  private static final String WATCH =
      """
      same() {
        read -r line 2>/dev/null < "/proc/${1%:*}/stat" || return 1
        set -- "${1#*:}" ${line##*) }
        [ "$2" != Z ] && [ "${21}" = "$1" ]
      }
      signal() { name=$1; shift; for p; do same "$p" && kill "-$name" "${p%:*}"; done; }
      some() { for p; do same "$p" && return 0; done; return 1; }
      read -r word
      [ "$word" = release ] && exit 0
      signal INT "$@"
      n=0
      while [ $n -lt 50 ] && some "$@"; do sleep 0.1; n=$((n+1)); done
      signal KILL "$@"
      exit 0
      """;

  private final OutputStream pipe;

  private Lifeline(OutputStream pipe) {
    this.pipe = pipe;
  }

  /** Binds the processes to the life of this JVM. */
  public static Lifeline bind(List<ProcessIdentity> processes) throws IOException {
    List<String> command = new ArrayList<>(List.of("setsid", "sh", "-c", WATCH, "lifeline"));
    processes.forEach(process -> command.add(process.pid() + ":" + process.startTicks()));
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
