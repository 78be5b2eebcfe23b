package dev.muster.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Readers that open a job's stream and never read, beside one that does: how much memory of the
 * gateway they take, what each was sent at most, and how late the output comes to the one that
 * reads.
 */
final class SlowReaders {
  private static final int SECONDS = 60;

  private final Client client;
  private final Path muster;

  SlowReaders(Client client, Path muster) {
    this.client = client;
    this.muster = muster;
  }

  void run(int readers) throws IOException, InterruptedException {
    String id =
        client.submit(
            "{\"runner_command\":[\"bash\",\"-c\",\"for ((i=0; i<"
                + SECONDS * 20
                + "; i++)); do echo T$EPOCHREALTIME; printf '%01000d\\\\n' 0; sleep 0.05; done;"
                + " echo {} > $MUSTER_TASK_RESULT\"]}");
    String path = "/api/v1/jobs/" + id + "/stream";
    List<Double> millis = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    List<Socket> deaf = new ArrayList<>();
    try (Watcher healthy =
        new Watcher(
            client,
            path,
            (name, data) -> {
              if (name.equals("log")) {
                begun.countDown();
                Streams.latency(data, millis);
              } else if (name.equals("end")) {
                end.countDown();
              }
            })) {
      healthy.awaitOpen();
      if (!begun.await(60, TimeUnit.SECONDS)) {
        throw new IOException("Expected the job to write, but it does not run");
      }
      long before = gatewayKib();
      for (int i = 0; i < readers; i++) {
        deaf.add(open(path));
      }
      long most = before;
      while (!end.await(1, TimeUnit.SECONDS)) {
        most = Math.max(most, gatewayKib());
      }
      print(
          "%d readers that never read: the gateway grew by at most %.1f MiB from %.1f; the healthy"
              + " one's output: %d lines, p50 %.0f ms, p99 %.0f ms",
          readers,
          (most - before) / 1024.0,
          before / 1024.0,
          millis.size(),
          Benchmark.percentile(millis, 50),
          Benchmark.percentile(millis, 99));
      tellWhatWasHeld(deaf);
    } finally {
      for (Socket socket : deaf) {
        socket.close();
      }
    }
  }

  private Socket open(String path) throws IOException {
    URI base = client.base();
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4_096);
    socket.connect(new InetSocketAddress(base.getHost(), base.getPort()));
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
    return socket;
  }

  /** What lies in the kernel for each, and whether its connection was ended. */
  private static void tellWhatWasHeld(List<Socket> deaf) throws IOException {
    int ended = 0;
    int open = 0;
    long most = 0;
    byte[] piece = new byte[64 * 1024];
    for (Socket socket : deaf) {
      socket.setSoTimeout(2_000);
      long held = 0;
      try {
        InputStream in = socket.getInputStream();
        for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
          held += n;
        }
        ended++;
      } catch (SocketTimeoutException e) {
        open++;
      } catch (IOException e) {
        ended++; // reset
      }
      most = Math.max(most, held);
    }
    print(
        "%d of them were cut off, %d are open; at most %d KiB were on their way to one",
        ended, open, most / 1024);
  }

  private long gatewayKib() throws IOException, InterruptedException {
    return Processes.pssKib(Processes.components(muster).getOrDefault("api-gateway", 0L));
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
