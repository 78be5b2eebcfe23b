package dev.muster.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.muster.cli.shell.Surroundings;
import dev.muster.cli.shell.Terminal;
import dev.muster.cli.view.ExitCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * The run that fills the JDK's AOT cache: each short command once, against answers of its own. What
 * it prints goes nowhere.
 */
final class Training {
  private static final String JOB =
      """
      {"job_id":"job_01JD2T5V8W3Y6Z9B0C4E7G1H2K","status":"completed","canonical_state":"COMPLETED",
      "tags":["a"],"progress":1.0,"counts":{"total":2,"pending":0,"succeeded":2,"failed":0},
      "created_at":"2026-01-01T00:00:00Z","ended_at":"2026-01-01T00:00:01Z","error_code":null}\
      """;
  private static final String JOB_ID = "job_01JD2T5V8W3Y6Z9B0C4E7G1H2K";

  private Training() {}

  static ExitCode run() {
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      System.err.println("muster: Expected a free port for the training, but " + e.getMessage());
      return ExitCode.FAILED;
    }
    server.createContext("/api/v1", Training::answer);
    server.start();
    try {
      String address = "http://127.0.0.1:" + server.getAddress().getPort();
      var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
      var surroundings =
          new Surroundings(
              Map.of("MUSTER_SERVER", address, "MUSTER_API_KEY", "training"),
              Path.of(""),
              new ByteArrayInputStream("{}".getBytes(StandardCharsets.UTF_8)),
              new Terminal(nowhere, nowhere, false, false, true));
      Terminal.ofProcess(System.getenv());
      for (String format : new String[] {"table", "json", "yaml"}) {
        Muster.run(surroundings, "status", JOB_ID, "-o", format);
      }
      Muster.run(surroundings, "list", "--all");
      Muster.run(surroundings, "tasks", JOB_ID);
      Muster.run(surroundings, "results", JOB_ID);
      Muster.run(surroundings, "logs", JOB_ID);
      Muster.run(surroundings, "watch", "--job-id", JOB_ID);
      Muster.run(surroundings, "submit", "-", "--wait");
      Muster.run(surroundings, "cancel", JOB_ID);
      Muster.run(surroundings, "status", "nobody");
      Muster.run(surroundings, "help", "status");
      return Muster.run(surroundings, "help");
    } finally {
      server.stop(0);
    }
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String type = "application/json";
    String body = JOB;
    if (path.endsWith("/stream")) {
      type = "text/event-stream";
      body = "retry: 2000\n\nid: 1\nevent: end\ndata: " + JOB.replace("\n", "") + "\n\n";
    } else if (path.endsWith("/jobs") && exchange.getRequestMethod().equals("GET")) {
      body = "{\"data\":[" + JOB + "],\"next_cursor\":null,\"has_more\":false}";
    } else if (path.endsWith("/tasks") || path.endsWith("/output")) {
      body =
          "{\"data\":[{\"index\":0,\"status\":\"succeeded\"}],\"tasks\":[{\"index\":0,\"attempt\":1,"
              + "\"output\":\"a\\n\",\"output_bytes\":2}]}";
    } else if (path.contains("/results/")) {
      body =
          "{\"status\":\"completed\",\"completeness\":{\"total\":1},\"task_results\":[{\"index\":0,"
              + "\"status\":\"succeeded\",\"result\":{\"a\":1.5}}]}";
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(path.endsWith("/nobody") ? 404 : 200, bytes.length);
    try (var out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }
}
