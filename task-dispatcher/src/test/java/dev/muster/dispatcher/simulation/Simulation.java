package dev.muster.dispatcher.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.job.RetryPolicy;
import dev.muster.contracts.task.Gang;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.contracts.task.RunSpec;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.contracts.worker.Capacity;
import dev.muster.contracts.worker.GpuDevice;
import dev.muster.contracts.worker.ReportEvent;
import dev.muster.dispatcher.placement.BestFitPolicy;
import dev.muster.dispatcher.pool.Effects;
import dev.muster.dispatcher.pool.Mail;
import dev.muster.dispatcher.pool.PoolCommand;
import dev.muster.dispatcher.pool.PoolSettings;
import dev.muster.dispatcher.pool.PoolState;
import dev.muster.dispatcher.pool.TaskKey;
import dev.muster.dispatcher.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A pool, its workers and its users, driven by one random number generator. */
final class Simulation {
  private static final String POOL = "default";
  private static final Duration LEASE = Duration.ofSeconds(30);

  private final SplittableRandom random;
  private final boolean aheadAllowed;
  private final FakeStore store = new FakeStore();
  private final List<FakeWorker> workers = new ArrayList<>();
  private final Map<JobId, PlanEvent.JobPlanned> jobs = new HashMap<>();
  private final Set<JobId> cancelled = new HashSet<>();
  private final Queue<PoolCommand> delayed = new ArrayDeque<>();
  private int delivered;
  private int deaths;
  private int crashes;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private PoolState pool;

  Simulation(SplittableRandom random) {
    this.random = random;
    this.aheadAllowed = random.nextBoolean();
    this.pool = emptyPool();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      List<GpuDevice> gpus =
          IntStream.range(0, random.nextInt(3))
              .mapToObj(g -> new GpuDevice("gpu" + g, "H100", 80_000))
              .toList();
      workers.add(
          new FakeWorker(
              new WorkerId("w" + i),
              new Capacity(1 + random.nextInt(6), 1_000, 1_000, gpus),
              random));
    }
    workers.add(
        new FakeWorker(
            new WorkerId("big"),
            new Capacity(8, 1_000, 1_000, List.of(new GpuDevice("b0", "H100", 80_000))),
            random));
  }

  private PoolState emptyPool() {
    PoolSettings settings =
        new PoolSettings(
            LEASE,
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofMillis(100),
            aheadAllowed ? 20 : 0,
            Duration.ofSeconds(30),
            50);
    return new PoolState(POOL, settings, new BestFitPolicy(), random::nextDouble);
  }

  int deaths() {
    return deaths;
  }

  int crashes() {
    return crashes;
  }

  long stale() {
    return store.stale;
  }

  void run(int rounds) {
    for (int round = 0; round < rounds; round++) {
      now = now.plusMillis(random.nextInt(3_000));
      if (random.nextInt(12) == 0 && jobs.size() < 12) {
        submit();
      }
      if (random.nextInt(40) == 0 && !jobs.isEmpty()) {
        cancel(List.copyOf(jobs.keySet()).get(random.nextInt(jobs.size())));
      }
      for (FakeWorker worker : workers) {
        disturb(worker);
      }
      exchange(true);
      decide(random.nextInt(60) == 0);
    }
  }

  /** No more faults: everything must end now. */
  void calmDown() {
    for (FakeWorker worker : workers) {
      worker.frozenRounds = 0;
    }
    for (int round = 0; round < 3_000 && !allEnded(); round++) {
      now = now.plusMillis(1_000);
      exchange(false);
      decide(false);
    }
  }

  private boolean allEnded() {
    return jobs.keySet().stream().allMatch(store.tombstones::contains);
  }

  private void submit() {
    JobId id = JobId.of(1 + jobs.size(), 0, random.nextLong());
    Gang gang = random.nextInt(3) == 0 ? gang() : null;
    int count = gang == null ? 1 + random.nextInt(40) : gang.size() * (1 + random.nextInt(8));
    int gpus = gang == null ? random.nextInt(4) / 3 : 0;
    ResourceRequest request = new ResourceRequest(gpus, 0, null, 1, 0, 0);
    RetryPolicy retry = new RetryPolicy(random.nextInt(4), random.nextInt(3), Set.of(), 500, 4_000);
    PlanEvent.JobPlanned planned =
        new PlanEvent.JobPlanned(
            id,
            "tenant-" + random.nextInt(3),
            POOL,
            random.nextInt(3),
            count,
            IndexRanges.EMPTY,
            new RunSpec(List.of("run"), request, retry, 60, null, gang));
    jobs.put(id, planned);
    int cut = random.nextInt(count);
    List<PoolCommand> plan = new ArrayList<>();
    plan.add(new PoolCommand.Plan(planned, null));
    if (cut > 0) {
      plan.add(range(id, 0, cut));
    }
    plan.add(range(id, cut, count - cut));
    Collections.shuffle(plan, new Random(random.nextLong()));
    delayed.addAll(plan);
    if (random.nextBoolean()) {
      delayed.addAll(plan);
    }
  }

  /** One that the empty pool has room for. */
  private Gang gang() {
    int size = 2 + random.nextInt(3);
    return new Gang(size, 0, size <= workers.size() && random.nextBoolean());
  }

  private static PoolCommand range(JobId job, int first, int count) {
    List<String> payloads = IntStream.range(first, first + count).mapToObj(i -> "{}").toList();
    return new PoolCommand.Plan(
        new PlanEvent.TasksPlanned(job, first, count, payloads, null), null);
  }

  private void cancel(JobId job) {
    if (!store.tombstones.contains(job) && cancelled.add(job)) {
      delayed.add(new PoolCommand.Cancel(job));
    }
  }

  private void disturb(FakeWorker worker) {
    if (worker.frozenRounds > 0) {
      worker.frozenRounds--;
    } else if (random.nextInt(80) == 0) {
      worker.frozenRounds = 1 + random.nextInt(60);
    } else if (random.nextInt(120) == 0) {
      worker.die();
      deaths++;
    }
  }

  /** Mail goes to workers; their words come back, some twice, some out of order. */
  private void exchange(boolean faults) {
    for (Mail mail : store.sent.subList(delivered, store.sent.size())) {
      FakeWorker worker = worker(mail.worker());
      worker.open(mail);
      if (faults && random.nextInt(10) == 0) {
        worker.open(mail);
      }
    }
    delivered = store.sent.size();
    for (FakeWorker worker : workers) {
      if (worker.frozenRounds > 0) {
        continue;
      }
      worker.work(faults ? 0.8 : 0.95);
      List<PoolCommand> said = new ArrayList<>();
      for (ReportEvent report : worker.reports) {
        said.add(new PoolCommand.Report(worker.id, report));
        if (faults && random.nextInt(8) == 0) {
          said.add(new PoolCommand.Report(worker.id, report));
        }
      }
      worker.reports.clear();
      if (random.nextInt(4) == 0) {
        said.add(new PoolCommand.Hear(worker.speak(POOL)));
      }
      if (faults && random.nextInt(5) == 0) {
        Collections.shuffle(said, new Random(random.nextLong()));
      }
      delayed.addAll(said);
    }
  }

  private FakeWorker worker(WorkerId id) {
    return workers.stream().filter(worker -> worker.id.equals(id)).findFirst().orElseThrow();
  }

  /** Carries out what arrived, commits, or crashes before the commit and reads it all again. */
  private void decide(boolean crash) {
    List<PoolCommand> batch = new ArrayList<>();
    int count = random.nextInt(60);
    while (!delayed.isEmpty() && batch.size() <= count) {
      batch.add(delayed.remove());
    }
    Effects effects = apply(batch);
    if (crash) {
      crashes++;
      pool = emptyPool();
      Effects restored = new Effects();
      pool.restore(store.snapshot(now), now, restored);
      store.commit(restored);
      effects = apply(batch);
    }
    store.commit(effects);
    checkCapacity();
    jobs.keySet().forEach(this::checkGangs);
    close();
  }

  private Effects apply(List<PoolCommand> batch) {
    Effects effects = new Effects();
    for (PoolCommand command : batch) {
      boolean dead =
          command instanceof PoolCommand.Plan plan && store.tombstones.contains(plan.event().job());
      if (!dead) {
        pool.apply(command, now, effects);
      }
    }
    pool.apply(new PoolCommand.Reap(), now, effects);
    pool.apply(new PoolCommand.Expire(now), now, effects);
    pool.apply(new PoolCommand.Place(), now, effects);
    return effects;
  }

  /** The aggregator: a job whose tasks are all told of, or that is stopped, has its last event. */
  private void close() {
    for (JobId job : jobs.keySet()) {
      if (store.jobs.containsKey(job) && finished(job)) {
        Effects effects = new Effects();
        pool.apply(new PoolCommand.Close(job), now, effects);
        store.commit(effects);
      }
    }
  }

  private boolean finished(JobId job) {
    List<TaskEvent> events = store.told.getOrDefault(job, List.of());
    return events.contains(new TaskEvent.JobStopped())
        || ends(events).size() == plan(job).taskCount();
  }

  private PlanEvent.JobPlanned plan(JobId job) {
    return Objects.requireNonNull(jobs.get(job));
  }

  private void checkCapacity() {
    Map<WorkerId, Set<String>> devices = new HashMap<>();
    Map<WorkerId, Double> cores = new HashMap<>();
    store.tasks.forEach((key, state) -> {
      TaskState.@Nullable Live live = state.live();
      if (live != null) {
        for (String device : live.devices()) {
          assertThat(devices.computeIfAbsent(live.worker(), w -> new HashSet<>()).add(device))
              .as("device %s of %s is granted once", device, live.worker())
              .isTrue();
        }
        cores.merge(live.worker(), plan(key.job()).run().requirements().cpus(), Double::sum);
      }
    });
    if (!aheadAllowed) {
      cores.forEach((id, used) -> assertThat(used).isLessThanOrEqualTo(worker(id).capacity.cpus()));
    }
  }

  /** Members get their leases together, so that they are always at the same attempt. */
  private void checkGangs(JobId job) {
    Gang gang = plan(job).run().gang();
    if (gang == null) {
      return;
    }
    for (int start = 0; start < plan(job).taskCount(); start += gang.size()) {
      Set<Integer> attempts = new HashSet<>();
      for (int i = 0; i < gang.size(); i++) {
        TaskState state = store.tasks.get(new TaskKey(job, start + i));
        attempts.add(state == null ? 0 : state.tally().attempt());
      }
      assertThat(attempts).as("attempts of the gang of %s at %d", job, start).hasSize(1);
    }
  }

  /** All members succeed, or none does. */
  private void checkGangEnds(JobId job, List<TaskEvent> events) {
    Gang gang = plan(job).run().gang();
    if (gang == null) {
      return;
    }
    Map<Integer, Integer> succeeded = new HashMap<>();
    for (TaskEvent event : events) {
      if (event instanceof TaskEvent.TaskSucceeded end) {
        succeeded.merge(gang.start(end.index()), 1, Integer::sum);
      }
    }
    assertThat(succeeded.values())
        .as("successes of gangs of %s", job)
        .allMatch(count -> count == gang.size());
  }

  void checkEnd() {
    for (JobId job : jobs.keySet()) {
      List<TaskEvent> events = store.told.getOrDefault(job, List.of());
      checkLeases(job, events);
      checkGangEnds(job, events);
      Map<Integer, Integer> ends = ends(events);
      assertThat(ends.values()).as("ends of %s", job).allMatch(count -> count == 1);
      if (cancelled.contains(job)) {
        assertThat(store.tombstones).contains(job);
      } else {
        assertThat(ends).as("tasks of %s", job).hasSize(plan(job).taskCount());
      }
      assertThat(store.tombstones).as("job is over").contains(job);
      assertThat(pool.knows(job)).isFalse();
    }
    assertThat(store.tasks).isEmpty();
  }

  /** Epochs grow by one, and a lease follows only the told end of the one before it. */
  private static void checkLeases(JobId job, List<TaskEvent> events) {
    Map<Integer, Long> epochs = new HashMap<>();
    Map<Integer, Boolean> live = new HashMap<>();
    Set<String> metered = new HashSet<>();
    for (TaskEvent event : events) {
      switch (event) {
        case TaskEvent.TaskLeased e -> {
          assertThat(e.epoch()).isEqualTo(epochs.getOrDefault(e.index(), 0L) + 1);
          assertThat(live.getOrDefault(e.index(), false)).as("one lease of %s", job).isFalse();
          epochs.put(e.index(), e.epoch());
          live.put(e.index(), true);
        }
        case TaskEvent.TaskStarted e -> assertThat(e.epoch()).isEqualTo(epochs.get(e.index()));
        case TaskEvent.TaskReturned e -> live.put(e.index(), false);
        case TaskEvent.TaskRetrying e -> {
          assertThat(e.epoch()).isEqualTo(epochs.get(e.index()));
          live.put(e.index(), false);
        }
        case TaskEvent.TaskSucceeded e -> assertThat(e.epoch()).isEqualTo(epochs.get(e.index()));
        case TaskEvent.TaskFailed e -> assertThat(e.epoch()).isEqualTo(epochs.get(e.index()));
        case TaskEvent.AttemptMetered e -> {
          assertThat(e.epoch()).isLessThanOrEqualTo(epochs.getOrDefault(e.index(), 0L));
          assertThat(metered.add(e.index() + "/" + e.epoch())).as("%s once", e).isTrue();
        }
        case TaskEvent.TasksCancelled e -> {}
        case TaskEvent.JobStopped e -> {}
      }
    }
  }

  /** How often each task's end was told. */
  private static Map<Integer, Integer> ends(List<TaskEvent> events) {
    Map<Integer, Integer> ends = new HashMap<>();
    for (TaskEvent event : events) {
      switch (event) {
        case TaskEvent.TaskSucceeded e -> ends.merge(e.index(), 1, Integer::sum);
        case TaskEvent.TaskFailed e -> ends.merge(e.index(), 1, Integer::sum);
        case TaskEvent.AttemptMetered e -> {}
        case TaskEvent.TasksCancelled e ->
            e.indexes().stream().forEach(index -> ends.merge(index, 1, Integer::sum));
        case TaskEvent.TaskLeased e -> {}
        case TaskEvent.TaskStarted e -> {}
        case TaskEvent.TaskReturned e -> {}
        case TaskEvent.TaskRetrying e -> {}
        case TaskEvent.JobStopped e -> {}
      }
    }
    return ends;
  }
}
