package dev.muster.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * How long result packages take: of a job that left a large file, from its end until the package
 * can be had and then the download; of jobs without files, the first request, which builds.
 */
final class ResultPackages {
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private final Client client;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  ResultPackages(Client client) {
    this.client = client;
  }

  /**
   * Measures.
   *
   * @param mebibytes size of the file that the job leaves
   * @param jobs jobs without files
   */
  void run(int mebibytes, int jobs) throws IOException, InterruptedException {
    large(mebibytes);
    List<Double> firsts = new ArrayList<>();
    List<Double> seconds = new ArrayList<>();
    for (int i = 0; i < jobs; i++) {
      String id = client.submit("{\"runner_command\":[\"muster:noop\"]}");
      client.awaitEnd(id, Duration.ofMillis(20));
      // Later than the time for which a build waits for the last words of the commands.
      Thread.sleep(Duration.ofMillis(1_500));
      firsts.add(download(id));
      seconds.add(download(id));
    }
    Collections.sort(firsts);
    Collections.sort(seconds);
    OUT.printf(
        Locale.ROOT,
        "%d jobs without files: first download, which builds, median %.0f ms, most %.0f ms; second"
            + " download median %.0f ms%n",
        jobs,
        firsts.get(jobs / 2) * 1e3,
        firsts.getLast() * 1e3,
        seconds.get(jobs / 2) * 1e3);
  }

  private void large(int mebibytes) throws IOException, InterruptedException {
    String command =
        "head -c "
            + mebibytes
            + "M /dev/urandom > $MUSTER_ARTIFACTS_DIR/model.bin; echo {} > $MUSTER_TASK_RESULT";
    String id =
        client.submit(
            "{\"runner_command\":[\"sh\",\"-c\",\"" + command + "\"],\"timeout_s\":3600}");
    client.awaitEnd(id, Duration.ofMillis(20));
    long end = System.nanoTime();
    while (status(id) != 200) {
      Thread.sleep(Duration.ofMillis(100));
    }
    double built = (System.nanoTime() - end) / 1e9;
    double down = download(id);
    OUT.printf(
        Locale.ROOT,
        "a file of %d MiB: package there %.1f s after the job's end (%.0f MiB/s, a second of it"
            + " waiting), download %.1f s (%.0f MiB/s)%n",
        mebibytes,
        built,
        mebibytes / built,
        down,
        mebibytes / down);
  }

  private int status(String id) throws IOException, InterruptedException {
    return http.send(request(id, "package"), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private double download(String id) throws IOException, InterruptedException {
    long start = System.nanoTime();
    HttpResponse<InputStream> answer =
        http.send(request(id, "download"), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = answer.body()) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    }
    if (answer.statusCode() != 200) {
      throw new IOException("Expected a package of " + id + ", but got " + answer.statusCode());
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private HttpRequest request(String id, String tail) {
    return HttpRequest.newBuilder(client.base().resolve("/api/v1/jobs/" + id + "/" + tail))
        .timeout(Duration.ofMinutes(10))
        .header("Authorization", "Bearer " + client.key())
        .build();
  }
}
