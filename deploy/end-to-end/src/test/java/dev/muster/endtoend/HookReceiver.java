package dev.muster.endtoend;

import com.standardwebhooks.Webhook;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Somebody who receives webhooks; what comes first on a path is answered 500, the rest 200. */
final class HookReceiver implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, List<Received>> received = new ConcurrentHashMap<>();

  /**
   * A request that came.
   *
   * @param headers by lower-case names
   */
  record Received(Map<String, String> headers, String body) {
    String id() {
      return headers.getOrDefault("webhook-id", "");
    }

    /** Fails unless the published library accepts it. */
    void verify(String secret) throws Exception {
      Map<String, List<String>> all = new TreeMap<>();
      headers.forEach((name, value) -> all.put(name, List.of(value)));
      new Webhook(secret).verify(body, HttpHeaders.of(all, (name, value) -> true));
    }
  }

  HookReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    server.createContext(
        "/",
        exchange -> {
          Map<String, String> headers = new TreeMap<>();
          exchange
              .getRequestHeaders()
              .forEach((name, values) ->
                  headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          List<Received> all = on(exchange.getRequestURI().getPath());
          all.add(new Received(headers, body));
          exchange.sendResponseHeaders(all.size() == 1 ? 500 : 200, -1);
          exchange.close();
        });
    server.start();
  }

  String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  List<Received> on(String path) {
    return received.computeIfAbsent(path, p -> new CopyOnWriteArrayList<>());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
