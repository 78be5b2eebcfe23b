package dev.muster.aggregator.shell.webhook;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * A server on a loopback address of the test's own. It notes what it reads of each connection and
 * then does with it what it is told; as a canary it must never be reached.
 */
final class Canary implements AutoCloseable {
  private final ServerSocket server;
  private final Behaviour behaviour;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile String greeting = "";
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  /** What is done with a connection whose request has come. */
  @FunctionalInterface
  interface Behaviour {
    /** Accepts, reads and never says a word. */
    Behaviour HANGS = socket -> {};

    void answer(Socket socket) throws IOException;

    /** Answers and closes. */
    static Behaviour says(String response) {
      return socket -> {
        socket.getOutputStream().write(response.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        socket.shutdownOutput();
      };
    }

    /** Sends the same piece again and again until the other side goes away. */
    static Behaviour repeats(String start, String piece, long pauseMillis) {
      return socket -> {
        var out = socket.getOutputStream();
        out.write(start.getBytes(StandardCharsets.ISO_8859_1));
        while (!socket.isClosed()) {
          out.write(piece.getBytes(StandardCharsets.ISO_8859_1));
          out.flush();
          LockSupport.parkNanos(pauseMillis * 1_000_000);
        }
      };
    }
  }

  Canary(String address, int port, Behaviour behaviour) throws IOException {
    this.behaviour = behaviour;
    this.server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port), 512);
    Thread.startVirtualThread(this::accept);
  }

  /** Says something before anybody asks. */
  void speakFirst(String text) {
    greeting = text;
  }

  int port() {
    return server.getLocalPort();
  }

  List<String> requests() {
    return requests;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        Thread.startVirtualThread(() -> serve(socket));
      } catch (IOException e) {
        return; // closed by the test
      }
    }
  }

  private void serve(Socket socket) {
    try {
      socket.getOutputStream().write(greeting.getBytes(StandardCharsets.ISO_8859_1));
      StringBuilder request = new StringBuilder();
      byte[] piece = new byte[8192];
      while (!isWhole(request)) {
        int n = socket.getInputStream().read(piece);
        if (n < 0) {
          break;
        }
        request.append(new String(piece, 0, n, StandardCharsets.ISO_8859_1));
      }
      requests.add(request.toString());
      behaviour.answer(socket);
    } catch (IOException e) {
      // The other side went away, which is what some of the behaviours are about.
    }
  }

  private static boolean isWhole(StringBuilder request) {
    int end = request.indexOf("\r\n\r\n");
    if (end < 0) {
      return false;
    }
    var length = Pattern.compile("(?i)content-length: (\\d+)").matcher(request);
    return !length.find() || request.length() >= end + 4 + Integer.parseInt(length.group(1));
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
