package dev.muster.cli.shell;

import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.SseParser;
import dev.muster.cli.view.SseParser.SseEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Follows a job's event stream through broken connections: each new one asks for what came after
 * the last event that was seen.
 */
public final class EventStream {
  /** The server sends a comment each 15 s; three missed ones mean a dead connection. */
  private static final int SILENCE_MILLIS_MAX = 45_000;

  /** How long a server may be gone before the client gives up. */
  private static final Duration GONE_MAX = Duration.ofMinutes(3);

  private static final long DELAY_MILLIS_MAX = 10_000;

  private final Api api;
  private final String path;
  private final SseParser parser = new SseParser(2_000);
  private volatile boolean abandoned;

  /** What follows the stream. */
  public interface Listener {
    /** A connection stands; events follow. Called again for each new connection. */
    void connected();

    /**
     * Takes the next event.
     *
     * @return whether more events are wanted
     */
    boolean event(SseEvent event);

    /** The connection broke or could not be made; another one will be tried. */
    void lost();
  }

  /**
   * @param path below the API
   */
  public EventStream(Api api, String path) {
    this.api = api;
    this.path = path;
  }

  /**
   * Runs until the listener has seen enough.
   *
   * @param timeout how long to follow, null for as long as it takes
   * @return {@link ExitCode#OK}, or {@link ExitCode#STILL_RUNNING} when the time was over before
   */
  public ExitCode follow(Listener listener, @Nullable Duration timeout) {
    if (timeout == null) {
      followToEnd(listener);
      return ExitCode.OK;
    }
    // A read in progress cannot be cut short, so it is left behind on a thread of its own.
    var following = new FutureTask<@Nullable Void>(() -> followToEnd(listener), null);
    Thread.ofPlatform().daemon().name("event-stream").start(following);
    try {
      following.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return ExitCode.OK;
    } catch (TimeoutException e) {
      abandoned = true;
      return ExitCode.STILL_RUNNING;
    } catch (InterruptedException e) {
      abandoned = true;
      Thread.currentThread().interrupt();
      return ExitCode.INTERRUPTED;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof CommandFailed failed ? failed : new IllegalStateException(e);
    }
  }

  private void followToEnd(Listener listener) {
    boolean everConnected = false;
    long goneSince = System.nanoTime();
    int failures = 0;
    while (!abandoned) {
      try (Connection connection = connect()) {
        everConnected = true;
        failures = 0;
        listener.connected();
        if (read(connection.lines(), listener)) {
          return;
        }
        goneSince = System.nanoTime();
      } catch (IOException e) {
        boolean hopeless = !everConnected && !(e instanceof SocketTimeoutException);
        if (hopeless || System.nanoTime() - goneSince > GONE_MAX.toNanos()) {
          throw api.unreachable(e);
        }
      }
      parser.reconnected();
      if (failures == 0) {
        listener.lost();
      }
      pause(failures++);
    }
  }

  /** Whether the listener has seen enough; false when the stream ended before. */
  private boolean read(BufferedReader lines, Listener listener) {
    while (true) {
      String line;
      try {
        line = lines.readLine();
      } catch (IOException e) {
        return false; // A broken stream is the same as an ended one: the next connection goes on.
      }
      if (line == null) {
        return false;
      }
      SseEvent event = parser.line(line);
      if (abandoned || (event != null && !listener.event(event))) {
        return true;
      }
    }
  }

  private record Connection(HttpURLConnection http, BufferedReader lines) implements AutoCloseable {
    @Override
    public void close() {
      http.disconnect(); // Closing the reader would wait for the rest of an endless body.
    }
  }

  private Connection connect() throws IOException {
    HttpURLConnection http = api.open(path);
    http.setReadTimeout(SILENCE_MILLIS_MAX);
    http.setRequestProperty("Accept", "text/event-stream");
    String lastEventId = parser.lastEventId();
    if (lastEventId != null) {
      http.setRequestProperty("Last-Event-ID", lastEventId);
    }
    int status = http.getResponseCode();
    if (status == 429 || status >= 500) {
      http.disconnect();
      throw new SocketTimeoutException("status " + status);
    }
    if (status != 200) {
      CommandFailed refused = Api.refused(http);
      http.disconnect();
      throw refused;
    }
    return new Connection(
        http,
        new BufferedReader(new InputStreamReader(http.getInputStream(), StandardCharsets.UTF_8)));
  }

  private void pause(int failures) {
    long millis = Math.min(DELAY_MILLIS_MAX, parser.retryMillis() << Math.min(failures, 5));
    LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
  }
}
