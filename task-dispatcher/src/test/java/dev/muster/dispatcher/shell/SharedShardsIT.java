package dev.muster.dispatcher.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.contracts.Topic;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.job.RetryPolicy;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.contracts.task.RunSpec;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.contracts.worker.Capacity;
import dev.muster.testkit.Infrastructure;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Several dispatchers on one broker and database: each has its part, and nothing is done twice. */
class SharedShardsIT {
  private static final Map<String, String> FAST =
      Map.of(
          "dispatcher.lease", "120S",
          "dispatcher.heartbeat", "1S",
          "dispatcher.shard-lease", "2S");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int TASKS = 60;

  private static final Infrastructure infrastructure = Infrastructure.shared();
  private static TestBus bus;

  private final List<TestDispatcher> dispatchers = new ArrayList<>();

  @BeforeAll
  static void openBus() {
    bus = new TestBus(infrastructure.bootstrapServers());
  }

  @AfterAll
  static void closeBus() {
    bus.close();
  }

  @AfterEach
  void stop() {
    dispatchers.forEach(TestDispatcher::close);
  }

  private TestDispatcher dispatcher() {
    TestDispatcher dispatcher = new TestDispatcher(infrastructure, FAST);
    dispatchers.add(dispatcher);
    return dispatcher;
  }

  /** One pool of every shard. */
  private static Map<Integer, String> poolOfEachShard(String name) {
    Map<Integer, String> pools = new HashMap<>();
    for (int i = 0; pools.size() < Topic.SHARDS; i++) {
      pools.putIfAbsent(Topic.shardOf(name + i), name + i);
    }
    return pools;
  }

  /** How many living shards each owner has, ascending. */
  private static List<Integer> parts(TestDispatcher asked) {
    return asked.database.transaction(tx -> {
      List<Integer> parts = new ArrayList<>();
      for (Row row :
          tx.query(
              "SELECT count(*)::int FROM dispatcher.shard_lease WHERE owner IS NOT NULL"
                  + " AND until > now() GROUP BY owner ORDER BY 1")) {
        parts.add(row.getInteger(0));
      }
      return parts;
    });
  }

  /** A job in each pool, with a worker that has room for four. */
  private static Map<JobId, WorkerId> submit(Map<Integer, String> pools) {
    Map<JobId, WorkerId> jobs = new LinkedHashMap<>();
    pools.forEach((shard, pool) -> {
      WorkerId worker = new WorkerId("w-" + pool);
      bus.register(pool, worker, 1, new Capacity(4, 1_000, 1_000, List.of()));
      JobId job = JobId.of(System.currentTimeMillis(), 0, ThreadLocalRandom.current().nextLong());
      RunSpec run =
          new RunSpec(
              List.of("true"),
              ResourceRequest.DEFAULT,
              new RetryPolicy(2, 0, Set.of(), 50, 50),
              60);
      List<String> payloads = IntStream.range(0, TASKS).mapToObj(i -> "{}").toList();
      bus.plan(
          pool,
          new PlanEvent.JobPlanned(job, "t", pool, 0, TASKS, IndexRanges.EMPTY, run),
          new PlanEvent.TasksPlanned(job, 0, TASKS, payloads, null));
      jobs.put(job, worker);
    });
    return jobs;
  }

  /** Answers leases, so many of a worker at a look, until each job has so many successes. */
  private static void workUntil(
      Map<Integer, String> pools, Map<JobId, WorkerId> jobs, int successes, int atOnce) {
    Set<AttemptRef> answered = new HashSet<>();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> {
          pools.forEach((shard, pool) -> {
            WorkerId worker = new WorkerId("w-" + pool);
            List<AttemptRef> fresh =
                bus.assigned(worker.value()).stream()
                    .filter(lease -> !answered.contains(lease))
                    .limit(atOnce)
                    .toList();
            answered.addAll(fresh);
            if (!fresh.isEmpty()) {
              bus.succeed(pool, worker, fresh);
            }
          });
          return jobs.keySet().stream().allMatch(job -> succeeded(job) >= successes);
        });
  }

  private static long succeeded(JobId job) {
    return bus.events(job).stream().filter(TaskEvent.TaskSucceeded.class::isInstance).count();
  }

  @Test
  void instancesShareEvenlyAndTheLastOneHasAll() {
    TestDispatcher first = dispatcher();
    await().atMost(PATIENCE).until(() -> parts(first).equals(List.of(Topic.SHARDS)));

    TestDispatcher second = dispatcher();
    await().atMost(PATIENCE).until(() -> parts(first).equals(List.of(2, 2)));
    TestDispatcher third = dispatcher();
    await().atMost(PATIENCE).until(() -> parts(first).equals(List.of(1, 1, 2)));
    third.loop.close();
    await().atMost(PATIENCE).until(() -> parts(first).equals(List.of(2, 2)));
    second.loop.close();
    await().atMost(PATIENCE).until(() -> parts(first).equals(List.of(Topic.SHARDS)));
  }

  @Test
  void killedInstancesPartGoesToTheOtherAndEveryTaskEndsOnce() {
    TestDispatcher first = dispatcher();
    TestDispatcher second = dispatcher();
    await().atMost(PATIENCE).until(() -> parts(second).equals(List.of(2, 2)));
    Map<Integer, String> pools = poolOfEachShard("killed-");
    Map<JobId, WorkerId> jobs = submit(pools);
    workUntil(pools, jobs, 5, 1);
    assertThat(jobs.keySet()).allMatch(job -> succeeded(job) < TASKS);

    first.kill();
    workUntil(pools, jobs, TASKS, TASKS);

    await().atMost(PATIENCE).until(() -> parts(second).equals(List.of(Topic.SHARDS)));
    for (JobId job : jobs.keySet()) {
      List<Integer> ends = new ArrayList<>();
      for (TaskEvent event : bus.events(job)) {
        if (event instanceof TaskEvent.TaskSucceeded end) {
          ends.add(end.index());
        }
      }
      assertThat(ends).as("ends of %s", job).hasSize(TASKS).doesNotHaveDuplicates();
    }
  }

  @Test
  void shardsMoveToANewcomerWhileTheirJobsRun() {
    dispatcher();
    Map<Integer, String> pools = poolOfEachShard("moved-");
    Map<JobId, WorkerId> jobs = submit(pools);
    workUntil(pools, jobs, 5, 1);
    assertThat(jobs.keySet()).allMatch(job -> succeeded(job) < TASKS);

    TestDispatcher second = dispatcher();
    await().atMost(PATIENCE).until(() -> parts(second).equals(List.of(2, 2)));
    workUntil(pools, jobs, TASKS, TASKS);

    for (JobId job : jobs.keySet()) {
      assertThat(succeeded(job)).isEqualTo(TASKS);
    }
  }
}
