package dev.muster.agent.shell;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.task.RunSpec;
import dev.muster.contracts.worker.MailEvent.Assignment;
import dev.muster.contracts.worker.MailEvent.AttemptsAssigned;
import dev.muster.contracts.worker.ReportEvent.AttemptFinished;
import dev.muster.testkit.Infrastructure;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * Measures one agent on the real broker, from the first assignment sent to the last report read:
 * {@code mvn -pl worker-agent exec} is not needed, any launcher of a main class with the test class
 * path does. Arguments: number of attempts, then the command.
 */
final class AgentBenchmark {
  private static final int CHUNK = 250;

  private AgentBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    int count = Integer.parseInt(arguments[0]);
    String[] command = List.of(arguments).subList(1, arguments.length).toArray(String[]::new);
    Path data = Files.createTempDirectory("agent-benchmark");
    String worker = "benchmark";
    try (FakeDispatcher dispatcher =
            new FakeDispatcher(
                Infrastructure.shared().bootstrapServers(), worker, Duration.ofSeconds(30));
        Agent agent =
            TestAgents.start(
                TestAgents.config(worker, data, settings()), new SimpleMeterRegistry())) {
      Awaitility.await().until(agent::isReady);
      RunSpec run = FakeDispatcher.run(60, command);
      for (int round = 0; round < 3; round++) {
        long before = finished(dispatcher);
        long start = System.nanoTime();
        long cpu = cpuMillis();
        JobId job = FakeDispatcher.newJob();
        for (int first = 0; first < count; first += CHUNK) {
          dispatcher.mail(
              new AttemptsAssigned(
                  dispatcher.incarnation(),
                  job,
                  run,
                  null,
                  IntStream.range(first, Math.min(count, first + CHUNK))
                      .mapToObj(i -> new Assignment(i, 1, 1, "{}", List.of()))
                      .toList()));
        }
        Awaitility.await()
            .atMost(Duration.ofMinutes(5))
            .pollInterval(Duration.ofMillis(2))
            .until(() -> finished(dispatcher) - before >= count);
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
            "%d x %s: %.2f s, %.0f per second, %.0f CPU-us each (agent, this driver, commands)%n",
            count,
            String.join(" ", command),
            seconds,
            count / seconds,
            (cpuMillis() - cpu) * 1e3 / count);
      }
    }
  }

  /** {@code -Dagent.cgroups} and {@code -Dagent.sandbox} measure what these cost. */
  private static Map<String, String> settings() {
    return Map.of(
        "agent.cpus",
        "2",
        "agent.cgroups",
        System.getProperty("agent.cgroups", "true"),
        "agent.sandbox",
        System.getProperty("agent.sandbox", "off"),
        "agent.path",
        System.getProperty("agent.path", "/usr/bin:/bin"));
  }

  /** CPU of this process and of the children it has reaped: fields 14 to 17 of proc(5) stat. */
  private static long cpuMillis() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    long ticks = 0;
    for (int field = 11; field <= 14; field++) {
      ticks += Long.parseLong(fields[field]);
    }
    return ticks * 10;
  }

  private static long finished(FakeDispatcher dispatcher) {
    return dispatcher.reports().stream().filter(AttemptFinished.class::isInstance).count();
  }
}
