package dev.muster.gateway.shell.stream;

import dev.muster.gateway.feed.FeedPosition;
import dev.muster.gateway.shell.http.Cursors;
import dev.muster.gateway.shell.problem.ProblemException;
import io.quarkus.websockets.next.CloseReason;
import io.quarkus.websockets.next.OnClose;
import io.quarkus.websockets.next.OnOpen;
import io.quarkus.websockets.next.UserData;
import io.quarkus.websockets.next.WebSocket;
import io.quarkus.websockets.next.WebSocketConnection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All jobs of a tenant over a WebSocket: a snapshot, then numbered changes. The client sends
 * nothing; what it sends is not read.
 */
@WebSocket(path = JobSocket.PATH)
public class JobSocket {
  static final String PATH = "/v1/jobs/ws";

  /** Who asked for the connection; put there by {@link SocketGate}. */
  static final UserData.TypedKey<StreamDesk.Visitor> VISITOR = new UserData.TypedKey<>("visitor");

  /** Where the client goes on, empty when it begins. */
  static final UserData.TypedKey<String> AFTER = new UserData.TypedKey<>("after");

  private final StreamDesk desk;
  private final StreamReads reads;
  private final Cursors cursors;
  private final Map<String, Bell> open = new ConcurrentHashMap<>();

  JobSocket(StreamDesk desk, StreamReads reads, Cursors cursors) {
    this.desk = desk;
    this.reads = reads;
    this.cursors = cursors;
  }

  @OnOpen
  void open(WebSocketConnection connection) {
    Thread.ofVirtual().name("socket").start(() -> serve(connection));
  }

  @OnClose
  void closed(WebSocketConnection connection) {
    Bell bell = open.remove(connection.id());
    if (bell != null) {
      bell.ring();
    }
  }

  private void serve(WebSocketConnection connection) {
    StreamDesk.Visitor visitor = connection.userData().get(VISITOR);
    String tenant = visitor.principal().tenant();
    SocketSink sink = new SocketSink(connection);
    try {
      @Nullable FeedPosition after =
          FeedCursor.read(cursors, tenant, connection.userData().get(AFTER));
      FeedTeller feed =
          new FeedTeller(
              new FeedFilter(tenant, null, null, null, false, false), after, reads, cursors);
      desk.feed(
          visitor,
          false,
          new SocketTeller(tenant, after != null, feed, reads),
          bell -> {
            open.put(connection.id(), bell);
            return sink;
          });
      sink.close(new CloseReason(1001, "Expected to go on, but the gateway stops; come again"));
    } catch (ProblemException e) {
      sink.close(new CloseReason(1013, e.problem().detail()));
    } finally {
      open.remove(connection.id());
    }
  }
}
