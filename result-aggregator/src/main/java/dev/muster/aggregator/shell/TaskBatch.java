package dev.muster.aggregator.shell;

import dev.muster.aggregator.live.LiveFold;
import dev.muster.aggregator.task.TaskDecider;
import dev.muster.aggregator.task.TaskDelta;
import dev.muster.aggregator.task.TaskFacts;
import dev.muster.contracts.Message;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.kit.Decoded;
import dev.muster.kit.Tx;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of one transaction: read once, merged in memory, written once with the last state of
 * each. Their jobs are locked before.
 */
final class TaskBatch {
  private final TaskRepository repository = new TaskRepository();
  private final Tx tx;
  private final JobBatch jobs;
  private final Map<TaskKey, TaskFacts> facts;
  private final Map<TaskKey, TaskFacts> changed = new LinkedHashMap<>();
  private final Map<JobId, TaskDelta> deltas = new HashMap<>();
  private final Set<JobId> stopped = new HashSet<>();
  private final Map<JobId, LiveFold> folds = new LinkedHashMap<>();
  private int ignored;

  private TaskBatch(Tx tx, JobBatch jobs, Map<TaskKey, TaskFacts> facts) {
    this.tx = tx;
    this.jobs = jobs;
    this.facts = facts;
  }

  /** Locks the jobs that the messages speak of and reads the tasks, in one round trip. */
  static TaskBatch lock(Tx tx, SortedSet<JobId> ids, List<Decoded.Readable<TaskEvent>> messages) {
    Set<TaskKey> keys = new HashSet<>();
    for (var message : messages) {
      for (TaskEvent event : message.message().events()) {
        Integer index = index(event);
        if (index != null) {
          keys.add(new TaskKey(new JobId(message.key()), index));
        }
      }
    }
    TaskRepository tasks = new TaskRepository();
    Supplier<JobRepository.Locked> locking = new JobRepository().lock(tx, ids);
    Supplier<Map<TaskKey, TaskFacts>> loading = tasks.load(tx, keys);
    JobRepository.Locked locked = locking.get();
    // Behind a row that was not there yet, another transaction may have written meanwhile.
    Map<TaskKey, TaskFacts> facts = locked.created() ? tasks.load(tx, keys).get() : loading.get();
    return new TaskBatch(tx, JobBatch.of(tx, locked), facts);
  }

  /** The jobs, locked. */
  JobBatch jobs() {
    return jobs;
  }

  /** Merges all events of a message into the tasks of its job. */
  void merge(JobId job, Message<TaskEvent> message) {
    if (jobs.facts(job).state().isTerminal()) {
      ignored += message.events().size();
      return;
    }
    for (TaskEvent event : message.events()) {
      Integer index = index(event);
      if (index != null) {
        merge(new TaskKey(job, index), event, message);
      } else if (event instanceof TaskEvent.JobStopped) {
        stopped.add(job);
      }
    }
  }

  private void merge(TaskKey key, TaskEvent event, Message<TaskEvent> message) {
    TaskFacts before = facts.getOrDefault(key, TaskFacts.PENDING);
    TaskDecider.Merged merged = TaskDecider.merge(before, event, message.at());
    if (merged.facts() == before) {
      ignored++;
      return;
    }
    facts.put(key, merged.facts());
    changed.put(key, merged.facts());
    deltas.merge(key.job(), merged.delta(), TaskDelta::plus);
    if (event instanceof TaskEvent.TaskSucceeded succeeded) {
      fold(key, succeeded.end().result());
    }
  }

  /** Only a success that was not known before comes here, so each result is added once. */
  private void fold(TaskKey key, @Nullable String result) {
    LiveFold fold = folds.get(key.job());
    if (fold == null && !folds.containsKey(key.job())) {
      fold = LiveFold.of(jobs.design(key.job()));
      folds.put(key.job(), fold);
    }
    if (fold != null && result != null) {
      LiveResults.add(fold, key.index(), result);
    }
  }

  /** Adds the results to what was added up of a job; comes after its counts. */
  void foldInto(JobId job) {
    LiveFold fold = folds.get(job);
    if (fold != null) {
      jobs.fold(job, fold);
    }
  }

  /** Sends the changed tasks; the jobs' save checks that they were taken. */
  void save() {
    jobs.check(repository.save(tx, changed));
  }

  TaskDelta delta(JobId job) {
    return deltas.getOrDefault(job, TaskDelta.NONE);
  }

  boolean isStopped(JobId job) {
    return stopped.contains(job);
  }

  /** Events that were repeats or late. */
  int ignored() {
    return ignored;
  }

  int succeeded() {
    return sum(deltas.values(), TaskDelta::succeeded);
  }

  int failed() {
    return sum(deltas.values(), TaskDelta::failed);
  }

  private static int sum(Collection<TaskDelta> deltas, ToIntFunction<TaskDelta> part) {
    return deltas.stream().mapToInt(part).sum();
  }

  private static @Nullable Integer index(TaskEvent event) {
    return switch (event) {
      case TaskEvent.TaskLeased e -> e.index();
      case TaskEvent.TaskStarted e -> e.index();
      case TaskEvent.TaskReturned e -> e.index();
      case TaskEvent.TaskRetrying e -> e.index();
      case TaskEvent.TaskSucceeded e -> e.index();
      case TaskEvent.TaskFailed e -> e.index();
      case TaskEvent.TasksCancelled _, TaskEvent.JobStopped _, TaskEvent.AttemptMetered _ -> null;
    };
  }
}
