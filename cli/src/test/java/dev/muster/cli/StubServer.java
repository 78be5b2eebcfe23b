package dev.muster.cli;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A server that speaks the API's shapes: answers are queued per route, the last one stays. */
final class StubServer implements AutoCloseable {
  static final String JOB_ID = "job_01JD2T5V8W3Y6Z9B0C4E7G1H2K";

  /** What a client asked for. */
  record Request(String method, String target, Headers headers, String body) {
    String header(String name) {
      String value = headers.getFirst(name);
      return value == null ? "" : value;
    }
  }

  /** How an exchange is answered. */
  interface Answer {
    void send(HttpExchange exchange) throws IOException;
  }

  private final HttpServer server;
  private final Map<String, Queue<Answer>> routes = new HashMap<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  StubServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  List<Request> requests() {
    return requests;
  }

  /** Adds an answer to a route such as {@code GET /jobs/x}; a query is not part of a route. */
  synchronized StubServer on(String route, Answer answer) {
    routes.computeIfAbsent(route, r -> new ArrayDeque<>()).add(answer);
    return this;
  }

  StubServer on(String route, int status, String body, String... headers) {
    return on(route, exchange -> send(exchange, status, body, headers));
  }

  /** A stream of the given text, after which the connection ends. */
  StubServer onStream(String text) {
    return on("GET /jobs/" + JOB_ID + "/stream", 200, text, "Content-Type", "text/event-stream");
  }

  /** Takes the request and breaks the connection without an answer. */
  static Answer noAnswer() {
    return HttpExchange::close;
  }

  /** A stream that begins and then says nothing more, until the client goes away. */
  static Answer openStream(String text) {
    return exchange -> {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      OutputStream out = exchange.getResponseBody();
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    };
  }

  static String event(int id, String name, String data) {
    return "id: " + id + "\nevent: " + name + "\ndata: " + data + "\n\n";
  }

  static String job(String status, int succeeded, int total) {
    return """
    {"job_id":"%s","status":"%s","canonical_state":"%s","tags":["demo"],"payload":{"lr":1e-05},\
    "counts":{"total":%d,"succeeded":%d,"failed":0,"cancelled":0,"running":0,"pending":%d},\
    "created_at":"2026-01-01T10:00:00.123456Z","fan_out":null,"error_code":null}\
    """
        .formatted(
            JOB_ID,
            status,
            status.toUpperCase(java.util.Locale.ROOT),
            total,
            succeeded,
            total - succeeded);
  }

  static String problem(int status, String code, String title, String detail) {
    return """
    {"type":"/problems/%s","title":"%s","status":%d,"detail":"%s","code":"%s","request_id":"req_1"}\
    """
        .formatted(code, title, status, detail, code);
  }

  static void send(HttpExchange exchange, int status, String body, String... headers)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    for (int i = 0; i < headers.length; i += 2) {
      exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    try (var out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String path = exchange.getRequestURI().getPath();
    String method = exchange.getRequestMethod();
    requests.add(
        new Request(
            method, exchange.getRequestURI().toString(), exchange.getRequestHeaders(), body));
    Answer answer = next(method + " " + path.replaceFirst("^/api/v1", ""));
    if (answer == null) {
      send(exchange, 404, problem(404, "not-found", "Not found", "There is no such thing"));
    } else {
      answer.send(exchange);
    }
  }

  private synchronized @org.jspecify.annotations.Nullable Answer next(String route) {
    Queue<Answer> answers = routes.get(route);
    if (answers == null) {
      return null;
    }
    return answers.size() > 1 ? answers.poll() : answers.peek();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
