package dev.muster.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures the event streams: how long output and changes take to a watcher, how many events a
 * second reach one and many of them, and what a watcher costs the gateway.
 */
final class Streams {
  private static final Duration WAIT = Duration.ofMinutes(3);

  private final Client client;
  private final Path muster;

  Streams(Client client, Path muster) {
    this.client = client;
    this.muster = muster;
  }

  /** Runs all three measurements. */
  void run(int tasks, int watchers) throws IOException, InterruptedException {
    output(tasks);
    changes();
    fanOut(1);
    fanOut(watchers);
  }

  /** Each task writes the time once a second; the watcher looks at its own clock, the same one. */
  private void output(int tasks) throws IOException, InterruptedException {
    String id =
        client.submit(
            "{\"runner_command\":[\"bash\",\"-c\",\"for i in {1..20}; do echo T$EPOCHREALTIME;"
                + " sleep 1; done; echo {} > $MUSTER_TASK_RESULT\"],"
                + "\"requirements\":{\"cpus\":0.01,\"memory_gb\":0.01},"
                + "\"fan_out\":{\"chunks\":"
                + tasks
                + ",\"total\":"
                + tasks
                + ",\"range_field\":\"n\"}}");
    List<Double> millis = Collections.synchronizedList(new ArrayList<>());
    AtomicLong running = new AtomicLong();
    AtomicLong gaps = new AtomicLong();
    CountDownLatch end = new CountDownLatch(1);
    try (Watcher watcher =
        new Watcher(
            client,
            "/api/v1/jobs/" + id + "/stream",
            (name, data) -> {
              switch (name) {
                case "log" -> latency(data, millis);
                case "job" ->
                    running.accumulateAndGet(
                        node(data).path("counts").path("running").asLong(), Math::max);
                case "gap" -> gaps.incrementAndGet();
                case "end" -> end.countDown();
                default -> {
                  // changes of tasks and progress
                }
              }
            })) {
      watcher.awaitOpen();
      end.await(WAIT.toSeconds(), TimeUnit.SECONDS);
    }
    print(
        "output of up to %d running tasks, line to watcher: %d lines, p50 %.0f ms, p99 %.0f ms,"
            + " %d gaps",
        running.get(),
        millis.size(),
        Benchmark.percentile(millis, 50),
        Benchmark.percentile(millis, 99),
        gaps.get());
  }

  static void latency(String data, List<Double> millis) {
    Instant read = Instant.now();
    double now = read.toEpochMilli() + read.getNano() % 1_000_000 / 1e6;
    for (String line : node(data).path("text").asText().split("\n", -1)) {
      if (line.matches("T[0-9]+[.,][0-9]+")) {
        millis.add(now - Double.parseDouble(line.substring(1).replace(',', '.')) * 1_000);
      }
    }
  }

  /** From the decision, by the database's clock, to the watcher. */
  private void changes() throws IOException, InterruptedException {
    List<Double> millis = Collections.synchronizedList(new ArrayList<>());
    try (Watcher watcher =
        new Watcher(
            client,
            "/api/v1/events",
            (name, data) -> {
              String ended = node(data).path("ended_at").asText("");
              if (name.equals("job") && ended.length() > 4) {
                millis.add(Duration.between(Instant.parse(ended), Instant.now()).toNanos() / 1e6);
              }
            })) {
      watcher.awaitOpen();
      for (int i = 0; i < 200; i++) {
        client.awaitEnd(
            client.submit("{\"runner_command\":[\"muster:noop\"]}"), Duration.ofMillis(5));
      }
    }
    print(
        "end of a job, decision to watcher: %d jobs, p50 %.0f ms, p99 %.0f ms",
        millis.size(), Benchmark.percentile(millis, 50), Benchmark.percentile(millis, 99));
  }

  private void fanOut(int watchers) throws IOException, InterruptedException {
    long before = gatewayKib();
    AtomicLong events = new AtomicLong();
    AtomicLong last = new AtomicLong(System.nanoTime());
    List<Watcher> all = new ArrayList<>();
    try {
      for (int i = 0; i < watchers; i++) {
        all.add(
            new Watcher(
                client,
                "/api/v1/events",
                (name, data) -> {
                  events.incrementAndGet();
                  last.set(System.nanoTime());
                }));
      }
      for (Watcher watcher : all) {
        watcher.awaitOpen();
      }
      long open = gatewayKib();
      long start = System.nanoTime();
      for (int i = 0; i < 5; i++) {
        client.awaitEnd(
            client.submit(
                "{\"runner_command\":[\"muster:noop\"],\"fan_out\":{\"chunks\":200,\"total\":200,"
                    + "\"range_field\":\"n\"}}"),
            Duration.ofMillis(20));
      }
      while (System.nanoTime() - last.get() < TimeUnit.SECONDS.toNanos(2)) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
      double seconds = (last.get() - start) / 1e9;
      print(
          "%d watchers: %d events in %.1f s, %.0f a second in all; %.1f KiB of the gateway for each",
          watchers,
          events.get(),
          seconds,
          events.get() / seconds,
          (double) (open - before) / watchers);
    } finally {
      for (Watcher watcher : all) {
        watcher.close();
      }
    }
  }

  private long gatewayKib() throws IOException, InterruptedException {
    return Processes.pssKib(Processes.components(muster).getOrDefault("api-gateway", 0L));
  }

  static JsonNode node(String json) {
    try {
      return Client.JSON.readTree(json);
    } catch (IOException e) {
      throw new IllegalStateException("Expected JSON in an event, but got something else", e);
    }
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
