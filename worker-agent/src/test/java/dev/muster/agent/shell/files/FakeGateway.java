package dev.muster.agent.shell.files;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Answers about files as the gateway does, or as it is told to. */
final class FakeGateway implements AutoCloseable {
  private final HttpServer server;

  /** What was left, by name. */
  final Map<String, String> files = new ConcurrentHashMap<>();

  /** Answers that come before any other: status and problem code. */
  final ConcurrentLinkedQueue<String> refusals = new ConcurrentLinkedQueue<>();

  /** What was asked about artifacts. */
  final ConcurrentLinkedQueue<String> queries = new ConcurrentLinkedQueue<>();

  /** Project archives, by digest. */
  final Map<String, byte[]> archives = new ConcurrentHashMap<>();

  /** How many archives were asked for. */
  final AtomicInteger fetched = new AtomicInteger();

  /** Whether bytes are changed on the way out. */
  volatile boolean flipping;

  /** How long each answer takes longer. */
  volatile Duration delay = Duration.ZERO;

  FakeGateway() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/worker/v1/artifacts", this::answer);
    server.createContext("/worker/v1/projects/", this::archive);
    server.start();
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    LockSupport.parkNanos(delay.toNanos());
    String query = exchange.getRequestURI().getRawQuery();
    queries.add(query);
    String name = "";
    for (String pair : query.split("&", -1)) {
      if (pair.startsWith("name=")) {
        name = URLDecoder.decode(pair.substring(5), StandardCharsets.UTF_8);
      }
    }
    String refusal = refusals.poll();
    if (refusal != null) {
      String[] parts = refusal.split(" ", -1);
      send(
          exchange,
          Integer.parseInt(parts[0]),
          "{\"code\":\"" + parts[1] + "\",\"detail\":\"Expected another file\"}");
    } else if (exchange.getRequestMethod().equals("PUT")) {
      files.put(name, new String(body, StandardCharsets.UTF_8));
      send(exchange, 200, "{\"sha256\":\"" + sha256(body) + "\"}");
    } else if (files.containsKey(name)) {
      String text = files.get(name);
      exchange
          .getResponseHeaders()
          .add("X-Artifact-Sha256", sha256(text.getBytes(StandardCharsets.UTF_8)));
      send(exchange, 200, flipping ? "x" + text.substring(1) : text);
    } else {
      send(exchange, 404, "{\"code\":\"not-found\",\"detail\":\"Expected a known artifact\"}");
    }
  }

  private void archive(HttpExchange exchange) throws IOException {
    fetched.incrementAndGet();
    String path = exchange.getRequestURI().getPath();
    byte[] archive = archives.get(path.substring(path.lastIndexOf('/') + 1));
    if (archive == null) {
      send(exchange, 404, "{\"code\":\"not-found\",\"detail\":\"Expected a known revision\"}");
      return;
    }
    exchange.getResponseHeaders().add("X-Artifact-Sha256", sha256(archive));
    exchange.sendResponseHeaders(200, archive.length);
    try (var out = exchange.getResponseBody()) {
      out.write(archive);
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    try (var out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
