package dev.muster.dispatcher.pool;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.dispatcher.task.TaskState;
import dev.muster.dispatcher.worker.WorkerState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a batch of commands changed: all of it is committed in one transaction, or none. Of several
 * states of a thing only the last is kept; events and mail keep their order.
 */
public final class Effects {
  /**
   * A job to be written.
   *
   * @param pool its pool
   * @param plan what the planner said of it
   * @param traceparent W3C trace context of the submission, or null
   * @param phase its phase
   */
  public record JobRow(
      String pool, PlanEvent.JobPlanned plan, @Nullable String traceparent, JobPhase phase) {}

  /**
   * Planned tasks to be written.
   *
   * @param pool their pool
   * @param tasks the range with its payloads
   */
  public record RangeRow(String pool, PlanEvent.TasksPlanned tasks) {}

  /**
   * A task to be written.
   *
   * @param state its state
   * @param outcome how its last attempt ended, or null when none did since the last write
   */
  public record TaskRow(TaskState state, @Nullable AttemptEnd outcome) {}

  /**
   * A gang to be written: its leases are in the same effects.
   *
   * @param job its job
   * @param first index of its first member
   * @param members where each member can be reached, by rank
   */
  public record GangRow(JobId job, int first, List<String> members) {
    public GangRow {
      members = List.copyOf(members);
    }
  }

  /**
   * A worker to be written.
   *
   * @param pool its pool
   * @param state its state
   */
  public record WorkerRow(String pool, WorkerState state) {}

  /**
   * The events of one job.
   *
   * @param traceparent W3C trace context of the submission, or null
   * @param events in the order in which they happened
   */
  public record News(@Nullable String traceparent, List<TaskEvent> events) {}

  private final Map<JobId, JobRow> jobs = new LinkedHashMap<>();
  private final List<RangeRow> ranges = new ArrayList<>();
  private final List<GangRow> gangs = new ArrayList<>();
  private final Map<TaskKey, TaskRow> tasks = new LinkedHashMap<>();
  private final Map<WorkerId, WorkerRow> workers = new LinkedHashMap<>();
  private final Map<WorkerId, String> forgotten = new LinkedHashMap<>();
  private final Set<JobId> buried = new LinkedHashSet<>();
  private final Map<JobId, News> news = new LinkedHashMap<>();
  private final List<Mail> mail = new ArrayList<>();
  private final Map<Count, Integer> counts = new HashMap<>();
  private final List<Duration> latencies = new ArrayList<>();

  /** What is counted for the operator. */
  public enum Count {
    DISPATCHED,
    EXPIRED,
    STALE_REPORT,
    REPEATED_REPORT,
    RETRIED_INFRASTRUCTURE,
    RETRIED_FAILURE,
    RETURNED,
    MAILED_AGAIN
  }

  void job(JobId job, JobRow row) {
    jobs.put(job, row);
  }

  void range(RangeRow row) {
    ranges.add(row);
  }

  void gang(GangRow row) {
    gangs.add(row);
  }

  void task(TaskKey key, TaskState state, @Nullable AttemptEnd outcome) {
    tasks.put(key, new TaskRow(state, outcome));
  }

  void worker(String pool, WorkerState state) {
    forgotten.remove(state.id(), pool);
    workers.put(state.id(), new WorkerRow(pool, state));
  }

  /** The worker's row goes: it has been away for long. */
  void forget(String pool, WorkerId worker) {
    workers.remove(worker);
    forgotten.put(worker, pool);
  }

  /** The job's rows go, and a tombstone stays so that a late plan never runs. */
  void bury(JobId job) {
    jobs.remove(job);
    buried.add(job);
  }

  void event(JobId job, @Nullable String traceparent, TaskEvent event) {
    news.computeIfAbsent(job, j -> new News(traceparent, new ArrayList<>())).events().add(event);
  }

  void mail(Mail letter) {
    mail.add(letter);
  }

  void count(Count what) {
    counts.merge(what, 1, Integer::sum);
  }

  void latency(Duration queuedToRunning) {
    latencies.add(queuedToRunning);
  }

  public Map<JobId, JobRow> jobs() {
    return jobs;
  }

  public List<RangeRow> ranges() {
    return ranges;
  }

  public List<GangRow> gangs() {
    return gangs;
  }

  public Map<TaskKey, TaskRow> tasks() {
    return tasks;
  }

  public Map<WorkerId, WorkerRow> workers() {
    return workers;
  }

  /** Workers whose rows go, each with its pool. */
  public Map<WorkerId, String> forgotten() {
    return forgotten;
  }

  public Set<JobId> buried() {
    return buried;
  }

  public List<Mail> mail() {
    return mail;
  }

  public Map<Count, Integer> counts() {
    return counts;
  }

  public List<Duration> latencies() {
    return latencies;
  }

  /** The jobs there is news of. */
  public Set<JobId> newsworthy() {
    return news.keySet();
  }

  /**
   * The news of a job. A start whose end is in the same batch is left out: readers derive it.
   *
   * @param job one of {@link #newsworthy()}
   */
  public News news(JobId job) {
    News all = news.getOrDefault(job, new News(null, List.of()));
    Set<Long> ended = new HashSet<>();
    for (TaskEvent event : all.events()) {
      switch (event) {
        case TaskEvent.TaskSucceeded e -> ended.add(lease(e.index(), e.epoch()));
        case TaskEvent.TaskFailed e -> ended.add(lease(e.index(), e.epoch()));
        case TaskEvent.TaskRetrying e -> ended.add(lease(e.index(), e.epoch()));
        case TaskEvent.TaskLeased e -> {}
        case TaskEvent.TaskStarted e -> {}
        case TaskEvent.TaskReturned e -> {}
        case TaskEvent.AttemptMetered e -> {}
        case TaskEvent.TasksCancelled e -> {}
        case TaskEvent.JobStopped e -> {}
      }
    }
    List<TaskEvent> told = new ArrayList<>(all.events().size());
    for (TaskEvent event : all.events()) {
      if (!(event instanceof TaskEvent.TaskStarted s
          && ended.contains(lease(s.index(), s.epoch())))) {
        told.add(event);
      }
    }
    return new News(all.traceparent(), told);
  }

  /** Index and epoch in one number; an epoch stays far below 2^31, as each costs a lease. */
  private static long lease(int index, long epoch) {
    return ((long) index << 32) | epoch;
  }

  /** Whether there is nothing to commit. */
  public boolean isEmpty() {
    return jobs.isEmpty()
        && ranges.isEmpty()
        && tasks.isEmpty()
        && workers.isEmpty()
        && forgotten.isEmpty()
        && buried.isEmpty()
        && news.isEmpty()
        && mail.isEmpty();
  }
}
