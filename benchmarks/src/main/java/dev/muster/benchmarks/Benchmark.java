package dev.muster.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The drivers of {@code benchmarks/README.md}. Started by {@code benchmarks/run} in the folder of a
 * running platform; each prints one line per run and one line with the median.
 */
public final class Benchmark {
  private static final Duration POLL = Duration.ofMillis(5);

  private final Client client;
  private final Path muster;

  private Benchmark(Client client, Path muster) {
    this.client = client;
    this.muster = muster;
  }

  /**
   * Runs one driver.
   *
   * @param arguments base URL, path of the client script, the driver's name, and its numbers:
   *     {@code noop TASKS RUNS}, {@code listed TASKS RUNS}, {@code true TASKS RUNS}, {@code latency
   *     JOBS}, {@code submits RATE SECONDS}, {@code memory [TASKS]}, {@code streams TASKS
   *     WATCHERS}, {@code packages MIB JOBS}, {@code restarts READERS TIMES}, {@code transfer MIB},
   *     {@code giant TASKS JOBS}, {@code slow READERS}
   */
  public static void main(String[] arguments) throws Exception {
    try {
      run(arguments);
    } catch (ConnectException e) {
      System.err.println(
          "Expected the platform at "
              + arguments[0]
              + ", but nobody answers there: start it by ./muster up --detach, or set"
              + " MUSTER_SERVER");
      System.exit(1);
    }
  }

  private static void run(String[] arguments) throws Exception {
    Benchmark benchmark = new Benchmark(new Client(arguments[0]), Path.of(arguments[1]));
    switch (arguments[2]) {
      case "noop" ->
          benchmark.fanOut(
              "[\"muster:noop\"]", false, number(arguments, 3, 10_000), number(arguments, 4, 3));
      case "listed" ->
          benchmark.fanOut(
              "[\"muster:noop\"]", true, number(arguments, 3, 10_000), number(arguments, 4, 3));
      case "true" ->
          benchmark.fanOut(
              "[\"/bin/true\"]", false, number(arguments, 3, 1_000), number(arguments, 4, 3));
      case "latency" -> benchmark.latency(number(arguments, 3, 500));
      case "submits" -> benchmark.submits(number(arguments, 3, 200), number(arguments, 4, 10));
      case "memory" -> benchmark.memory(number(arguments, 3, 0));
      case "streams" ->
          new Streams(benchmark.client, benchmark.muster)
              .run(number(arguments, 3, 200), number(arguments, 4, 1_000));
      case "packages" ->
          new ResultPackages(benchmark.client)
              .run(number(arguments, 3, 256), number(arguments, 4, 20));
      case "restarts" ->
          new Restarts(benchmark.client, benchmark.muster)
              .run(number(arguments, 3, 1_000), number(arguments, 4, 20));
      case "transfer" ->
          new Transfer(benchmark.client, benchmark.muster).run(number(arguments, 3, 1_024));
      case "giant" ->
          new GiantJobs(benchmark.client, benchmark.muster)
              .run(number(arguments, 3, 1_000_000), number(arguments, 4, 20));
      case "slow" ->
          new SlowReaders(benchmark.client, benchmark.muster).run(number(arguments, 3, 1_000));
      default ->
          throw new IllegalArgumentException(
              "Expected noop, listed, true, latency, submits, memory, streams, packages, restarts,"
                  + " transfer, giant or slow, but got "
                  + arguments[2]);
    }
  }

  private void fanOut(String command, boolean listed, int tasks, int runs)
      throws IOException, InterruptedException {
    String body =
        "{\"runner_command\":"
            + command
            + ",\"fan_out\":"
            + (listed ? items(tasks) : chunks(tasks))
            + "}";
    List<Double> rates = new ArrayList<>();
    List<Double> costs = new ArrayList<>();
    for (int run = 1; run <= runs; run++) {
      Map<String, Long> components = Processes.components(muster);
      Map<String, Long> before = cpu(components);
      long start = System.nanoTime();
      JsonNode job = client.awaitEnd(client.submit(body), Duration.ofMillis(20));
      double seconds = (System.nanoTime() - start) / 1e9;
      Map<String, Long> after = cpu(components);
      // A /bin/true leaves no result, so its tasks end as failed; what is measured is the same.
      JsonNode counts = job.path("counts");
      if (counts.path("succeeded").asInt() + counts.path("failed").asInt() != tasks) {
        throw new IOException("Expected " + tasks + " tasks to end, but the job says " + job);
      }
      double cost = sum(after) - sum(before);
      rates.add(tasks / seconds);
      costs.add(cost / tasks);
      StringBuilder parts = new StringBuilder();
      after.forEach((name, micros) ->
          parts.append(
              String.format(
                  Locale.ROOT,
                  " %s %.0f",
                  name,
                  (micros - before.getOrDefault(name, 0L)) / (double) tasks)));
      print(
          "run %d: %d tasks in %.2f s = %.0f tasks/s, %.0f CPU-us per task:%s",
          run, tasks, seconds, tasks / seconds, cost / tasks, parts);
    }
    print(
        "median: %.0f tasks/s, %.0f CPU-us per task", percentile(rates, 50), percentile(costs, 50));
  }

  /**
   * What a client sees that asks every 5 ms, and what the database's clock says: from the
   * acceptance to the transaction that ended the job.
   */
  private void latency(int jobs) throws IOException, InterruptedException {
    List<Double> seen = new ArrayList<>();
    List<Double> inside = new ArrayList<>();
    String body = "{\"runner_command\":[\"muster:noop\"]}";
    Map<String, Long> components = Processes.components(muster);
    for (int i = 0; i < Math.min(200, jobs); i++) {
      client.awaitEnd(client.submit(body), POLL);
    }
    long before = sum(cpu(components));
    for (int i = 0; i < jobs; i++) {
      long start = System.nanoTime();
      JsonNode job = client.awaitEnd(client.submit(body), POLL);
      seen.add((System.nanoTime() - start) / 1e6);
      Instant accepted = Instant.parse(job.path("created_at").asText());
      Instant ended = Instant.parse(job.path("ended_at").asText());
      inside.add(Duration.between(accepted, ended).toNanos() / 1e6);
    }
    long cost = (sum(cpu(components)) - before) / jobs;
    print(
        "%d one-task jobs, one at a time: submit to completed, asked every %d ms: p50 %.1f ms, p99"
            + " %.1f ms; by the database's clock: p50 %.1f ms, p99 %.1f ms; %d CPU-us per job",
        jobs,
        POLL.toMillis(),
        percentile(seen, 50),
        percentile(seen, 99),
        percentile(inside, 50),
        percentile(inside, 99),
        cost);
  }

  /**
   * An open loop: submits leave at their time whether or not the ones before were answered;
   * lateness counts as latency.
   */
  private void submits(int perSecond, int seconds)
      throws IOException, InterruptedException, ExecutionException {
    String body = "{\"runner_command\":[\"muster:noop\"]}";
    AtomicInteger refused = new AtomicInteger();
    List<Future<Double>> answers = new ArrayList<>();
    Map<String, Long> components = Processes.components(muster);
    long before = sum(cpu(components));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long start = System.nanoTime();
      for (int i = 0; i < perSecond * seconds; i++) {
        long due = start + TimeUnit.SECONDS.toNanos(1) * i / perSecond;
        while (System.nanoTime() < due) {
          TimeUnit.NANOSECONDS.sleep(Math.max(1, due - System.nanoTime()));
        }
        answers.add(
            threads.submit(() -> {
              HttpResponse<String> response = client.submitOnce(body);
              if (response.statusCode() != 202) {
                refused.incrementAndGet();
              }
              return (System.nanoTime() - due) / 1e6;
            }));
      }
    }
    List<Double> millis = new ArrayList<>();
    for (Future<Double> answer : answers) {
      millis.add(answer.get());
    }
    long cost = (sum(cpu(components)) - before) / answers.size();
    print(
        "%d submits/s for %d s: p50 %.1f ms, p99 %.1f ms, %d not accepted; %d CPU-us per submit"
            + " until the last answer",
        perSecond, seconds, percentile(millis, 50), percentile(millis, 99), refused.get(), cost);
  }

  /**
   * The proportional set size of each process: now, or the most while a job runs.
   *
   * @param tasks of the job; 0 for none
   */
  private void memory(int tasks) throws IOException, InterruptedException {
    Map<String, Long> components = Processes.components(muster);
    Map<String, Long> most = new LinkedHashMap<>();
    String job =
        tasks == 0
            ? null
            : client.submit(
                "{\"runner_command\":[\"muster:noop\"],\"fan_out\":" + chunks(tasks) + "}");
    do {
      components.forEach((name, pid) -> most.merge(name, Processes.pssKib(pid) / 1024, Math::max));
    } while (job != null && !Client.hasEnded(client.job(job)));
    most.forEach((name, mib) -> print("%-20s %5d MiB", name, mib));
    print("%-20s %5d MiB", "all", sum(most));
  }

  private static Map<String, Long> cpu(Map<String, Long> components) {
    Map<String, Long> micros = new LinkedHashMap<>();
    components.forEach((name, pid) -> micros.put(name, Processes.cpuMicros(pid)));
    return micros;
  }

  private static long sum(Map<String, Long> micros) {
    return micros.values().stream().mapToLong(Long::longValue).sum();
  }

  private static String chunks(int tasks) {
    return "{\"chunks\":" + tasks + ",\"total\":" + tasks + ",\"range_field\":\"n\"}";
  }

  private static String items(int tasks) {
    StringBuilder json = new StringBuilder("{\"items\":[");
    for (int i = 0; i < tasks; i++) {
      json.append(i == 0 ? "" : ",")
          .append("{\"candidate\":")
          .append(i)
          .append(",\"learning_rate\":0.0")
          .append(i % 97 + 1)
          .append('}');
    }
    return json.append("]}").toString();
  }

  /** The value below which so many percent of the values lie (nearest rank). */
  static double percentile(List<Double> values, int percent) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted[Math.max(0, (int) Math.ceil(sorted.length * percent / 100.0) - 1)];
  }

  private static int number(String[] arguments, int place, int otherwise) {
    return place < arguments.length ? Integer.parseInt(arguments[place]) : otherwise;
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
