package dev.muster.aggregator.shell;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Somebody who receives webhooks: each path answers as it is told and notes what came. */
final class Receiver implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, List<Received>> received = new ConcurrentHashMap<>();

  /**
   * A request that came.
   *
   * @param nanos when, by the clock of this JVM
   * @param headers by lower-case names
   * @param body its text
   */
  record Received(long nanos, Map<String, String> headers, String body) {
    String id() {
      return headers.getOrDefault("webhook-id", "");
    }
  }

  /** Answers the nth request of a path, from 0. */
  @FunctionalInterface
  interface Script {
    void answer(HttpExchange exchange, int n) throws IOException, InterruptedException;
  }

  Receiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 512);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  /** Opens a path and returns its URL. */
  String open(String path, Script script) {
    AtomicInteger count = new AtomicInteger();
    received.put(path, new CopyOnWriteArrayList<>());
    server.createContext(
        path,
        exchange -> {
          Map<String, String> headers = new TreeMap<>();
          exchange
              .getRequestHeaders()
              .forEach((name, values) ->
                  headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          of(path).add(new Received(System.nanoTime(), headers, body));
          try {
            script.answer(exchange, count.getAndIncrement());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            exchange.close();
          }
        });
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  /** Answers these statuses in turn, the last one for ever. */
  static Script statuses(int... statuses) {
    return (exchange, n) ->
        exchange.sendResponseHeaders(statuses[Math.min(n, statuses.length - 1)], -1);
  }

  List<Received> of(String path) {
    return received.getOrDefault(path, new ArrayList<>());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
