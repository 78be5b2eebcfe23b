package dev.muster.aggregator.job;

import dev.muster.aggregator.task.TaskDecider;
import dev.muster.aggregator.task.TaskDelta;
import dev.muster.aggregator.task.TaskFacts;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.task.TaskEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** The service without I/O: takes words batch by batch, as the consumers do. */
final class JobRun {
  private final boolean guarded;
  private final Map<Integer, TaskFacts> tasks = new TreeMap<>();
  private final List<JobEvent> events = new ArrayList<>();
  private final List<JobChange> changes = new ArrayList<>();
  private JobFacts facts = JobFacts.unknown(Samples.JOB);
  private Instant now = Samples.NOON;

  /**
   * @param guarded false breaks it on purpose: a task event is counted without a look at what is
   *     known of the task
   */
  JobRun(boolean guarded) {
    this.guarded = guarded;
  }

  JobFacts facts() {
    return facts;
  }

  Map<Integer, TaskFacts> tasks() {
    return tasks;
  }

  TaskFacts task(int index) {
    return tasks.getOrDefault(index, TaskFacts.PENDING);
  }

  List<JobEvent> events() {
    return events;
  }

  List<JobChange> changes() {
    return changes;
  }

  /**
   * Takes all words in batches of random size; once a job is cancelled, the dispatcher stops it.
   */
  JobRun take(List<History.Word> words, SplittableRandom random) {
    List<History.Word> left = new ArrayList<>(words);
    boolean stopSent = false;
    while (!left.isEmpty() || facts.isReadyToConclude()) {
      int size = Math.min(left.size(), 1 + random.nextInt(5));
      takeBatch(left.subList(0, size));
      left.subList(0, size).clear();
      if (guarded) {
        JobLaws.eventsTellEverything(this);
      }
      if (facts.state() == JobState.CANCELING && !stopSent) {
        stopSent = true;
        left.add(
            random.nextInt(left.size() + 1), new History.Word.Happened(new TaskEvent.JobStopped()));
      }
      if (facts.isReadyToConclude() && (left.isEmpty() || random.nextBoolean())) {
        apply(new JobCommand.Conclude(ErrorCode.EXIT_NONZERO));
        JobLaws.eventsTellEverything(this);
      }
    }
    return this;
  }

  private void takeBatch(List<History.Word> batch) {
    now = now.plusMillis(5);
    TaskDelta delta = TaskDelta.NONE;
    boolean stopped = false;
    for (History.Word word : batch) {
      switch (word) {
        case History.Word.Said said -> apply(said.command());
        case History.Word.Happened happened -> {
          if (happened.event() instanceof TaskEvent.JobStopped) {
            stopped = true;
          } else if (!facts.state().isTerminal()) {
            delta = delta.plus(merge(happened.event()));
          }
        }
      }
    }
    apply(new JobCommand.RecordTasks(delta));
    if (stopped) {
      apply(new JobCommand.Stop());
    }
  }

  private TaskDelta merge(TaskEvent event) {
    int index =
        switch (event) {
          case TaskEvent.TaskLeased e -> e.index();
          case TaskEvent.TaskStarted e -> e.index();
          case TaskEvent.TaskReturned e -> e.index();
          case TaskEvent.TaskRetrying e -> e.index();
          case TaskEvent.TaskSucceeded e -> e.index();
          case TaskEvent.TaskFailed e -> e.index();
          case TaskEvent.TasksCancelled _, TaskEvent.JobStopped _, TaskEvent.AttemptMetered _ ->
              throw new IllegalArgumentException("Expected an event of one task, but got " + event);
        };
    TaskFacts known = task(index);
    TaskDecider.Merged merged = TaskDecider.merge(guarded ? known : TaskFacts.PENDING, event, now);
    tasks.put(index, merged.facts());
    return merged.delta();
  }

  void apply(JobCommand command) {
    if (JobDecider.decide(facts, command, now) instanceof Decision.Accepted accepted) {
      for (JobChange change : accepted.changes()) {
        facts = JobDecider.evolve(facts, change);
        changes.add(change);
        if (change instanceof JobChange.Published published) {
          events.add(published.event());
        }
      }
    }
  }
}
