package dev.muster.local;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Asks a service how it is. */
final class Health {
  private static final int TIMEOUT_MILLIS = 2_000;

  private Health() {}

  /** Whether the service on this port of 127.0.0.1 says that it is ready. */
  static boolean isReady(int port) {
    try {
      return connect(port).getResponseCode() == 200;
    } catch (IOException e) {
      // Nobody listens yet, or nobody answers: not ready.
      return false;
    }
  }

  /** What the service says about itself when it is not ready; one line. */
  static String complaint(int port) {
    try {
      HttpURLConnection connection = connect(port);
      int status = connection.getResponseCode();
      try (InputStream body =
          status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
        String text = body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8);
        return "its health is %d %s".formatted(status, text.replaceAll("\\s+", " "));
      }
    } catch (IOException e) {
      return "its health does not answer: " + e.getMessage();
    }
  }

  private static HttpURLConnection connect(int port) throws IOException {
    URI uri = URI.create("http://127.0.0.1:" + port + "/q/health/ready");
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    return connection;
  }
}
