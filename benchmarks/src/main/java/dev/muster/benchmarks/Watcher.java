package dev.muster.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** A watcher's connection, read on a thread of its own until it is closed. */
final class Watcher implements AutoCloseable {
  private final Socket socket;
  private final CountDownLatch open = new CountDownLatch(1);

  /**
   * @param path below the server, with its query
   * @param told takes the name and the data of each event
   */
  Watcher(Client client, String path, BiConsumer<String, String> told) throws IOException {
    URI base = client.base();
    socket = new Socket(base.getHost(), base.getPort());
    socket
        .getOutputStream()
        .write(
            ("GET "
                    + path
                    + " HTTP/1.1\r\nHost: "
                    + base.getHost()
                    + "\r\nAuthorization: Bearer "
                    + client.key()
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    Thread.ofVirtual().start(() -> read(told));
  }

  private void read(BiConsumer<String, String> told) {
    try {
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 2_048);
      String name = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("retry:")) {
          open.countDown();
        } else if (line.startsWith("event:")) {
          name = line.substring(6);
        } else if (line.startsWith("data:")) {
          told.accept(name, line.substring(5));
        }
      }
    } catch (IOException e) {
      open.countDown(); // closed: the measurement is over, or it was refused and nothing comes
    }
  }

  void awaitOpen() throws InterruptedException, IOException {
    if (!open.await(60, TimeUnit.SECONDS)) {
      throw new IOException("Expected a stream, but it is not opened; are the limits too low?");
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
