package dev.muster.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Jobs of very many tasks: how long a submission takes and how much of it travels, when the first
 * task has succeeded, how far memory grows, and how long a cancellation of all the rest takes.
 */
final class GiantJobs {
  private static final Duration POLL = Duration.ofMillis(5);

  /** Tasks that succeed before a job is cancelled. */
  private static final int SEEN = 1_000;

  private final Client client;
  private final Path muster;

  GiantJobs(Client client, Path muster) {
    this.client = client;
    this.muster = muster;
  }

  /**
   * Submits jobs one at a time, and cancels each after its first thousand tasks.
   *
   * @param tasks of each job
   * @param jobs how many
   */
  void run(int tasks, int jobs) throws IOException, InterruptedException {
    String body =
        "{\"runner_command\":[\"muster:noop\"],\"fan_out\":{\"chunks\":"
            + tasks
            + ",\"total\":"
            + tasks
            + ",\"range_field\":\"n\"}}";
    List<Double> accepted = new ArrayList<>();
    List<Double> first = new ArrayList<>();
    List<Double> cancelled = new ArrayList<>();
    Map<String, Long> components = Processes.components(muster);
    Map<String, Long> before = memory(components);
    Map<String, Long> most = new LinkedHashMap<>(before);
    int answer = 0;
    for (int i = 0; i < jobs; i++) {
      long start = System.nanoTime();
      HttpResponse<String> response = client.submitOnce(body);
      accepted.add(millisSince(start));
      if (response.statusCode() != 202) {
        throw new IOException("Expected 202, but got " + response.statusCode());
      }
      answer = response.body().getBytes(StandardCharsets.UTF_8).length;
      String job = Client.JSON.readTree(response.body()).path("job_id").asText();
      awaitSucceeded(job, 1);
      first.add(millisSince(start));
      awaitSucceeded(job, SEEN);
      memory(components).forEach((name, mib) -> most.merge(name, mib, Math::max));
      long wish = System.nanoTime();
      client.cancel(job);
      JsonNode counts = client.awaitEnd(job, POLL).path("counts");
      cancelled.add(millisSince(wish));
      int all = counts.path("succeeded").asInt() + counts.path("cancelled").asInt();
      if (all != tasks) {
        throw new IOException("Expected " + tasks + " tasks to end, but the job says " + counts);
      }
    }
    System.out.println(
        String.format(
            Locale.ROOT,
            "%d jobs of %d tasks, one at a time: 202 after p50 %.1f ms, p99 %.1f ms; request %d"
                + " bytes, answer %d bytes; first task succeeded after p50 %.0f ms, p99 %.0f ms;"
                + " cancelled after p50 %.0f ms; memory %d MiB before, %d MiB at most",
            jobs,
            tasks,
            Benchmark.percentile(accepted, 50),
            Benchmark.percentile(accepted, 99),
            body.length(),
            answer,
            Benchmark.percentile(first, 50),
            Benchmark.percentile(first, 99),
            Benchmark.percentile(cancelled, 50),
            sum(before),
            sum(most)));
  }

  private void awaitSucceeded(String job, int count) throws IOException, InterruptedException {
    while (client.job(job).path("counts").path("succeeded").asInt() < count) {
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private static double millisSince(long start) {
    return (System.nanoTime() - start) / 1e6;
  }

  private static Map<String, Long> memory(Map<String, Long> components) {
    Map<String, Long> mib = new LinkedHashMap<>();
    components.forEach((name, pid) -> mib.put(name, Processes.pssKib(pid) / 1024));
    return mib;
  }

  private static long sum(Map<String, Long> mib) {
    return mib.values().stream().mapToLong(Long::longValue).sum();
  }
}
