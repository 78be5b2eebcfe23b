package dev.muster.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/**
 * Watches one long job with many readers while the gateway is killed and started again. Half of
 * them read the job's own stream, half a watch of it; each resumes from the last id it saw, and in
 * the end each must have seen the job's events from the first to the last, once, in order.
 */
final class Restarts {
  /** As the streams ask for. */
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Client client;
  private final Path muster;

  Restarts(Client client, Path muster) {
    this.client = client;
    this.muster = muster;
  }

  /** One reader, over as many connections as it takes. */
  private final class Reader implements Runnable {
    private final String path;
    private final String job;
    private final List<Long> seen = new ArrayList<>();
    private String lastId;
    private int connections;
    private String refusal = "";

    Reader(String path, String job, String lastId) {
      this.path = path;
      this.job = job;
      this.lastId = lastId;
    }

    @Override
    public void run() {
      while (!isDone()) {
        try (Socket socket = connect()) {
          connections++;
          read(
              new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 2_048));
        } catch (IOException e) {
          // The gateway is away: that is what is measured.
        }
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }

    private boolean isDone() {
      return !seen.isEmpty() && seen.getLast() < 0;
    }

    private Socket connect() throws IOException {
      URI base = client.base();
      Socket socket = new Socket(base.getHost(), base.getPort());
      socket.setSoTimeout(600_000);
      socket
          .getOutputStream()
          .write(
              ("GET "
                      + path
                      + " HTTP/1.1\r\nHost: "
                      + base.getHost()
                      + "\r\nAuthorization: Bearer "
                      + client.key()
                      + (lastId.isEmpty() ? "" : "\r\nLast-Event-ID: " + lastId)
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      return socket;
    }

    private void read(BufferedReader lines) throws IOException {
      String status = Objects.requireNonNullElse(lines.readLine(), "nothing");
      if (!status.startsWith("HTTP/1.1 200 ")) {
        refusal = status;
        throw new IOException("Expected a stream, but got " + status);
      }
      String name = "";
      String id = "";
      String data = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("event:")) {
          name = line.substring(6);
        } else if (line.startsWith("id:")) {
          id = line.substring(3);
        } else if (line.startsWith("data:")) {
          data = line.substring(5);
        } else if (line.isEmpty()) {
          lastId = id.isEmpty() ? lastId : id; // only now: an event cut off comes again
          take(name, data);
          name = "";
          id = "";
          if (isDone()) {
            return;
          }
        }
      }
    }

    private void take(String name, String data) throws IOException {
      if (!name.equals("job")) {
        return;
      }
      JsonNode view = Client.JSON.readTree(data);
      if (view.path("job_id").asText().equals(job)) {
        seen.add(view.path("version").asLong());
        if (!view.path("ended_at").isNull()) {
          seen.add(-1L);
        }
      }
    }

    /** What is wrong with what it saw; empty when nothing is. */
    private String fault() {
      List<Long> numbers = seen.subList(0, seen.size() - 1);
      long first = path.contains("/watch") ? numbers.getFirst() : 1;
      List<Long> all = LongStream.rangeClosed(first, numbers.getLast()).boxed().toList();
      return numbers.equals(all) ? "" : path + " told " + numbers;
    }
  }

  void run(int readers, int times) throws IOException, InterruptedException {
    String id =
        client.submit(
            "{\"runner_command\":[\"sh\",\"-c\",\"sleep 1; echo {} > $MUSTER_TASK_RESULT\"],"
                + "\"fan_out\":{\"chunks\":"
                + times * 40
                + ",\"total\":"
                + times * 40
                + ",\"range_field\":\"n\"}}");
    List<Reader> all = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < readers; i++) {
      // The number 0 stands before the first event; a watch begins with how the job stands.
      all.add(
          i % 2 == 0
              ? new Reader("/api/v1/jobs/" + id + "/stream", id, "0")
              : new Reader("/api/v1/jobs/watch?ids=" + id, id, ""));
      threads.add(Thread.startVirtualThread(all.getLast()));
    }
    int kills = 0;
    while (kills < times && threads.stream().anyMatch(Thread::isAlive)) {
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
      long pid = Processes.components(muster).getOrDefault("api-gateway", 0L);
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      new ProcessBuilder(muster.toString(), "up", "--detach").inheritIO().start().waitFor();
      kills++;
    }
    for (Thread thread : threads) {
      thread.join();
    }
    List<String> faults = all.stream().map(Reader::fault).filter(f -> !f.isEmpty()).toList();
    faults.stream().limit(5).forEach(System.out::println);
    all.stream()
        .map(reader -> reader.refusal)
        .filter(refusal -> !refusal.isEmpty())
        .distinct()
        .forEach(refusal -> System.out.println("answers meanwhile: " + refusal));
    System.out.println(
        String.format(
            Locale.ROOT,
            "%d readers, gateway killed %d times: %d connections, %d events for each, %d readers"
                + " saw other than 1..n",
            readers,
            kills,
            all.stream().mapToInt(reader -> reader.connections).sum(),
            all.getFirst().seen.size() - 1,
            faults.size()));
  }
}
