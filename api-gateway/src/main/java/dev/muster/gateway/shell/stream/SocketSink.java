package dev.muster.gateway.shell.stream;

import io.quarkus.websockets.next.CloseReason;
import io.quarkus.websockets.next.WebSocketConnection;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Messages of a WebSocket, numbered from 0. Each is sent when the one before has left; a client
 * that takes nothing for {@link SseSink#WRITE_SECONDS_MAX} seconds is cut off.
 */
final class SocketSink implements Sink {
  private static final Logger LOG = Logger.getLogger(SocketSink.class);
  private static final Duration WRITE_MAX = Duration.ofSeconds(SseSink.WRITE_SECONDS_MAX);
  private static final Duration CLOSE_MAX = Duration.ofSeconds(2);

  private final WebSocketConnection connection;
  private long sent;
  private boolean gone;

  SocketSink(WebSocketConnection connection) {
    this.connection = connection;
  }

  @Override
  public void open() {
    // The handshake was the first byte.
  }

  @Override
  public void event(@Nullable String id, Entry.Message message) {
    StringBuilder text = new StringBuilder("{\"type\":\"").append(message.name());
    text.append("\",\"seq\":").append(sent++);
    if (id != null) {
      text.append(",\"cursor\":\"").append(id).append('"'); // letters, digits, - and _
    }
    text.append(",\"data\":")
        .append(new String(message.json(), StandardCharsets.UTF_8))
        .append('}');
    if (!isOpen()) {
      return;
    }
    try {
      connection.sendText(text.toString()).await().atMost(WRITE_MAX);
    } catch (RuntimeException e) {
      gone = true;
      LOG.debugf("Expected to write to a socket, but %s", e.getMessage());
      close(new CloseReason(1013, "Expected the client to read, but it takes nothing"));
    }
  }

  @Override
  public void mark(String id) {
    // The next message says where the client stands.
  }

  @Override
  public void heartbeat() {
    if (isOpen()) {
      try {
        connection.sendPing(Buffer.buffer()).await().atMost(WRITE_MAX);
      } catch (RuntimeException e) {
        gone = true;
        LOG.debugf("Expected to write to a socket, but %s", e.getMessage());
      }
    }
  }

  @Override
  public void flush() {
    // Every message is sent at once.
  }

  @Override
  public boolean isOpen() {
    return !gone && connection.isOpen();
  }

  /** Ends the connection with a reason. */
  void close(CloseReason reason) {
    try {
      connection.close(reason).await().atMost(CLOSE_MAX);
    } catch (RuntimeException e) {
      LOG.debugf("Expected to close a socket, but it is closed: %s", e.getMessage());
    }
  }
}
