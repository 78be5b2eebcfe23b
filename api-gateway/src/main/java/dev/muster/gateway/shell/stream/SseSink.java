package dev.muster.gateway.shell.stream;

import io.netty.channel.ChannelOption;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events over the response of a request. Each piece is written when the one before has
 * left; a reader that takes nothing for {@link #WRITE_SECONDS_MAX} is cut off.
 */
final class SseSink implements Sink {
  static final long WRITE_SECONDS_MAX = 20;
  private static final Logger LOG = Logger.getLogger(SseSink.class);
  private static final int PIECE_BYTES = 16 * 1024;

  /** What the kernel holds for a reader that does not read; Linux doubles it. */
  private static final int SEND_BUFFER_BYTES = 64 * 1024;

  private static final long RECONNECT_MILLIS = 2_000;

  private final HttpServerResponse response;
  private final HttpConnection connection;
  private @Nullable ByteArrayOutputStream pending;
  private volatile boolean gone;

  SseSink(HttpServerResponse response, HttpConnection connection, Bell bell) {
    this.response = response;
    this.connection = connection;
    response.exceptionHandler(e -> leave(bell));
    response.closeHandler(ignored -> leave(bell));
  }

  private void leave(Bell bell) {
    gone = true;
    bell.ring();
  }

  @Override
  public void open() throws InterruptedException {
    if (connection instanceof ConnectionBase base) {
      base.channel().config().setOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES);
    }
    response
        .setChunked(true)
        .putHeader("Content-Type", "text/event-stream")
        // Proxies that gather answers would hold back what happens now.
        .putHeader("X-Accel-Buffering", "no");
    add(":muster\nretry:" + RECONNECT_MILLIS + "\n\n");
    flush();
  }

  @Override
  public void event(@Nullable String id, Entry.Message message) throws InterruptedException {
    add((id == null ? "" : "id:" + id + "\n") + "event:" + message.name() + "\ndata:");
    addLines(message.json());
    add("\n\n");
    if (out().size() >= PIECE_BYTES) {
      flush();
    }
  }

  @Override
  public void mark(String id) throws InterruptedException {
    add("id:" + id + "\n\n");
  }

  @Override
  public void heartbeat() throws InterruptedException {
    add(":hb\n\n");
    flush();
  }

  /**
   * Documents of users pass through byte for byte, so there may be line ends between their words.
   */
  private void addLines(byte[] json) {
    int from = 0;
    for (int i = 0; i < json.length; i++) {
      if (json[i] == '\n' || json[i] == '\r') {
        out().write(json, from, i - from);
        add("\ndata:");
        from = json[i] == '\r' && i + 1 < json.length && json[i + 1] == '\n' ? ++i + 1 : i + 1;
      }
    }
    out().write(json, from, json.length - from);
  }

  private void add(String text) {
    out().writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  private ByteArrayOutputStream out() {
    if (pending == null) {
      pending = new ByteArrayOutputStream(1_024);
    }
    return pending;
  }

  @Override
  public void flush() throws InterruptedException {
    if (pending == null) {
      return;
    }
    byte[] bytes = pending.toByteArray();
    pending = null;
    for (int from = 0; from < bytes.length && isOpen(); from += PIECE_BYTES) {
      write(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + PIECE_BYTES)));
    }
  }

  private void write(byte[] piece) throws InterruptedException {
    try {
      response
          .write(Buffer.buffer(piece))
          .toCompletionStage()
          .toCompletableFuture()
          .get(WRITE_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException | IllegalStateException e) {
      gone = true; // the reader has left
    } catch (TimeoutException e) {
      gone = true;
      LOG.debugf("Expected a stream's reader to read, but it took nothing for long");
      connection.close(); // what is still queued for it is freed
    }
  }

  @Override
  public boolean isOpen() {
    return !gone && !response.closed() && !response.ended();
  }
}
