package dev.muster.gateway.shell;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Sends bytes as they are, also such as no HTTP client would send. */
final class RawSocket {
  private static final int PATIENCE_MILLIS = 30_000;

  private RawSocket() {}

  /**
   * An answer.
   *
   * @param status the status, 0 when the connection ended without one
   * @param head status line and headers, in lower case
   * @param body what followed
   */
  record Answer(int status, String head, String body) {}

  /** Sends a request and reads until the server closes the connection. */
  static Answer send(int port, String request) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      try {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        InputStream in = socket.getInputStream();
        byte[] piece = new byte[4_096];
        for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
          read.write(piece, 0, n);
        }
      } catch (SocketException e) {
        // Refused while it was still being sent; what came before counts.
      }
    }
    String text = read.toString(StandardCharsets.UTF_8);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      return new Answer(0, text, "");
    }
    String head = text.substring(0, end).toLowerCase(Locale.ROOT);
    return new Answer(Integer.parseInt(head.split(" ")[1]), head, text.substring(end + 4));
  }
}
