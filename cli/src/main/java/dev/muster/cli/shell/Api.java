package dev.muster.cli.shell;

import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.JsonText;
import dev.muster.cli.view.Problems;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URLConnection;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Calls the native HTTP API. HttpURLConnection, because it starts a quarter of a second sooner than
 * the newer client.
 */
public final class Api {
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
  private static final int READ_TIMEOUT_MILLIS = 30_000;

  /** The server looks into all of a file before it answers. */
  private static final int UPLOAD_TIMEOUT_MILLIS = 600_000;

  private static final int TRIES = 5;
  private static final int RETRY_AFTER_SECONDS_MAX = 10;

  private final Settings settings;
  private final String agent;

  /**
   * @param settings which server, as whom
   * @param version the client's version, told to the server
   */
  public Api(Settings settings, String version) {
    this.settings = settings;
    this.agent = "muster-cli/" + version;
    // The JDK would repeat a POST on its own, without the delay that a restarting server needs.
    System.setProperty("sun.net.http.retryPost", "false");
  }

  /** A path segment or query value, encoded. */
  public static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The server's address. */
  public String server() {
    return settings.server().toString();
  }

  /** The address of a path of the server, for people. */
  public String address(String path) {
    return settings.server() + path;
  }

  /** Reads a document. */
  public Json get(String path) {
    try {
      return answer(send("GET", path, null, null));
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /**
   * Copies a document as it comes, however long it is. What was written of one that breaks off must
   * not be taken for the whole.
   *
   * @param to takes the bytes; it is not closed
   */
  public void copy(String path, OutputStream to) {
    try {
      HttpURLConnection connection = open(path);
      if (connection.getResponseCode() >= 300) {
        throw refused(connection);
      }
      try (InputStream in = connection.getInputStream()) {
        in.transferTo(to);
      }
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /** Changes something that is the same when asked for twice. */
  public Json put(String path, byte[] body) {
    try {
      return answer(send("PUT", path, body, null));
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /** Ends something; asking twice does no harm. */
  public Json delete(String path) {
    try {
      return answer(send("DELETE", path, null, null));
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /** Makes something new and asks once only: a lost answer is told, and the user decides. */
  public Json create(String path, byte[] body) {
    try {
      return answer(send("POST", path, body, null));
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /**
   * Sends a file as it is, once.
   *
   * @param type its media type
   */
  public Json send(String path, Path file, String type) {
    try {
      HttpURLConnection connection = open(path);
      connection.setRequestMethod("POST");
      connection.setRequestProperty("Accept", "application/json");
      connection.setRequestProperty("Content-Type", type);
      connection.setDoOutput(true);
      connection.setFixedLengthStreamingMode(Files.size(file));
      connection.setReadTimeout(UPLOAD_TIMEOUT_MILLIS);
      try (var out = connection.getOutputStream()) {
        Files.copy(file, out);
      }
      return answer(connection);
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /**
   * Makes something new, once: when the answer is lost, asks again with the same key.
   *
   * @param idempotencyKey tells the server that two requests are one
   */
  public Json post(String path, byte[] body, String idempotencyKey) {
    for (int tries = 1; ; tries++) {
      long waitMillis;
      try {
        HttpURLConnection connection = send("POST", path, body, idempotencyKey);
        waitMillis = retryDelayMillis(connection);
        if (waitMillis < 0 || tries == TRIES) {
          return answer(connection);
        }
      } catch (IOException e) {
        // Nothing was lost when there was never a connection.
        if (tries == TRIES || (tries == 1 && e instanceof ConnectException)) {
          throw unreachable(e);
        }
        waitMillis = 250L << tries;
      }
      LockSupport.parkNanos(Duration.ofMillis(waitMillis).toNanos());
    }
  }

  /** Opens a connection with the client's headers; nothing is sent yet. */
  HttpURLConnection open(String path) throws IOException {
    URLConnection raw;
    try {
      var url = settings.api(path).toURL();
      raw =
          Settings.isLocal(settings.server())
              ? url.openConnection(Proxy.NO_PROXY)
              : url.openConnection();
    } catch (MalformedURLException e) {
      throw new IllegalStateException("Expected an address that was checked before", e);
    }
    var connection = (HttpURLConnection) raw;
    connection.setInstanceFollowRedirects(false); // The key is for this server only.
    connection.setUseCaches(false);
    connection.setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
    connection.setReadTimeout(READ_TIMEOUT_MILLIS);
    connection.setRequestProperty("User-Agent", agent);
    if (settings.apiKey() != null) {
      connection.setRequestProperty("Authorization", "Bearer " + settings.apiKey());
    }
    return connection;
  }

  private HttpURLConnection send(
      String method, String path, byte @Nullable [] body, @Nullable String idempotencyKey)
      throws IOException {
    HttpURLConnection connection = open(path);
    connection.setRequestMethod(method);
    connection.setRequestProperty("Accept", "application/json");
    if (idempotencyKey != null) {
      connection.setRequestProperty("Idempotency-Key", idempotencyKey);
    }
    if (body != null) {
      connection.setDoOutput(true);
      connection.setRequestProperty("Content-Type", "application/json");
      try (var out = connection.getOutputStream()) {
        out.write(body);
      }
    }
    connection.getResponseCode();
    return connection;
  }

  /** How long to wait before asking again, -1 when the answer stands. */
  private static long retryDelayMillis(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    String after = connection.getHeaderField("Retry-After");
    boolean passing = status == 502 || status == 503 || status == 504;
    // 409 with Retry-After: the first request with our key is still running.
    if (!passing && !(status == 409 && after != null)) {
      return -1;
    }
    long seconds = after != null && after.matches("\\d{1,6}") ? Long.parseLong(after) : 1;
    return seconds > RETRY_AFTER_SECONDS_MAX ? -1 : Math.max(1, seconds) * 1_000;
  }

  private static Json answer(HttpURLConnection connection) throws IOException {
    if (connection.getResponseCode() >= 300) {
      throw refused(connection);
    }
    byte[] body;
    try (InputStream in = connection.getInputStream()) {
      body = in.readAllBytes();
    }
    try {
      return body.length == 0 ? Json.NULL : JsonText.parse(body);
    } catch (JsonText.BadJsonException e) {
      throw new CommandFailed(
          ExitCode.FAILED, "Expected JSON from the server, but " + e.getMessage());
    }
  }

  /** The failure that an answer of 300 or more stands for. */
  static CommandFailed refused(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    byte[] body = new byte[0];
    try (InputStream in = connection.getErrorStream()) {
      if (in != null) {
        body = in.readAllBytes();
      }
    }
    Json problem = Settings.parsed(body);
    String sentence = Problems.sentence(status, problem);
    if (status == 401) {
      sentence += "\n  Give an API key by --api-key, MUSTER_API_KEY or .muster/api-key.";
    }
    return new CommandFailed(
        ExitCode.ofRefusal(status), sentence, problem.isObject() ? problem : null);
  }

  /** The failure that no answer stands for. */
  CommandFailed unreachable(IOException e) {
    String reason =
        switch (e) {
          case ConnectException _ -> "nothing answers there";
          case SocketTimeoutException _ -> "it did not answer in time";
          case UnknownHostException _ -> "the name of its host is unknown";
          case javax.net.ssl.SSLException _ ->
              "no trusted connection could be made: " + e.getMessage();
          default -> "the connection broke: " + e.getMessage();
        };
    String hint =
        Settings.isLocal(settings.server()) && e instanceof ConnectException
            ? "\n  Start one on this machine with: ./muster up"
            : "";
    return new CommandFailed(
        ExitCode.UNREACHABLE,
        "Expected a Muster server at " + settings.server() + ", but " + reason + hint);
  }
}
