package dev.muster.aggregator.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.aggregator.task.TaskFacts;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.TaskCounts;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold of every run, whatever the order in which it heard its words. */
final class JobLaws {
  /** K-01, as far as it is built: where an event may lead from each state. */
  static final Map<JobState, Set<JobState>> EDGES =
      Map.of(
          JobState.PLANNING,
          EnumSet.of(JobState.BLOCKED, JobState.QUEUED, JobState.FAILED, JobState.CANCELING),
          JobState.BLOCKED,
          EnumSet.of(JobState.QUEUED, JobState.FAILED, JobState.CANCELING),
          JobState.QUEUED,
          EnumSet.of(JobState.ASSIGNED, JobState.FAILED, JobState.CANCELING),
          JobState.ASSIGNED,
          EnumSet.of(JobState.RUNNING, JobState.FAILED, JobState.CANCELING),
          JobState.RUNNING,
          EnumSet.of(JobState.FINALIZING, JobState.CANCELING),
          JobState.FINALIZING,
          EnumSet.of(JobState.COMPLETED, JobState.PARTIAL, JobState.FAILED),
          JobState.CANCELING,
          EnumSet.of(JobState.CANCELLED, JobState.EXPIRED, JobState.COMPLETED, JobState.PARTIAL));

  private static final Map<String, Set<String>> WORDS =
      Map.of(
          "planning", Set.of("planning", "queued", "failed", "cancelled"),
          "queued", Set.of("queued", "running", "failed", "cancelled"),
          "running", Set.of("running", "completed", "partial", "failed", "cancelled"));

  private JobLaws() {}

  static void hold(JobRun run) {
    numbersHaveNoGap(run.events());
    stepsAreLegal(run.events());
    wordsAreLegal(run.events());
    countsAddUp(run);
    replayEqualsLive(run);
  }

  private static void numbersHaveNoGap(List<JobEvent> events) {
    for (int i = 0; i < events.size(); i++) {
      assertThat(events.get(i).seq()).isEqualTo(i + 1);
    }
  }

  private static void stepsAreLegal(List<JobEvent> events) {
    for (int i = 1; i < events.size(); i++) {
      JobState from = events.get(i - 1).state();
      JobState to = events.get(i).state();
      assertThat(from.isTerminal()).as("nothing follows the end").isFalse();
      if (from != to) {
        assertThat(EDGES.get(from)).as("from %s", from).contains(to);
      }
    }
  }

  private static void wordsAreLegal(List<JobEvent> events) {
    String word = "planning";
    for (JobEvent event : events) {
      String next = event.state().nativeWord(word);
      assertThat(WORDS.getOrDefault(word, Set.of(word))).as("after %s", word).contains(next);
      word = next;
    }
  }

  private static void countsAddUp(JobRun run) {
    int finished = 0;
    for (JobEvent event : run.events()) {
      TaskCounts counts = event.counts();
      assertThat(counts.pending()).as("pending of %s", event).isNotNegative();
      assertThat(counts.leased()).isNotNegative();
      assertThat(counts.running()).isNotNegative();
      assertThat(counts.finished()).as("finished of %s", event).isGreaterThanOrEqualTo(finished);
      finished = counts.finished();
      if (event.state().isTerminal()) {
        assertThat(counts.finished()).isEqualTo(counts.total());
      }
    }
    TaskCounts counts = run.facts().counts();
    assertThat(counts.succeeded()).isEqualTo(inState(run, "SUCCEEDED"));
    assertThat(counts.failed()).isEqualTo(inState(run, "FAILED"));
  }

  private static long inState(JobRun run, String state) {
    return run.tasks().values().stream()
        .map(TaskFacts::state)
        .filter(s -> s.name().equals(state))
        .count();
  }

  /** Whoever reads only the events knows all that the API shows. */
  static void eventsTellEverything(JobRun run) {
    if (run.events().isEmpty()) {
      return;
    }
    JobEvent last = run.events().getLast();
    JobFacts facts = run.facts();
    assertThat(last.seq()).isEqualTo(facts.version());
    assertThat(last.state()).isEqualTo(facts.state());
    assertThat(last.status()).isEqualTo(facts.state().nativeWord(facts.shown()));
    assertThat(last.counts()).isEqualTo(facts.counts());
    assertThat(last.attemptsLost()).isEqualTo(facts.attemptsLost());
    assertThat(last.retriesUsed()).isEqualTo(facts.retries());
    assertThat(last.stopReason()).isEqualTo(facts.stopReason());
    if (facts.failure() != null) {
      assertThat(last.errorCode()).isEqualTo(facts.failure().code());
      assertThat(last.detail()).isEqualTo(facts.failure().detail());
    }
    Cancellation cancellation = facts.cancellation();
    if (last.cancellation() == null || cancellation == null) {
      // The one exception: a wish that came after the end leaves its record and no event.
      assertThat(last.cancellation()).isNull();
      assertThat(cancellation == null || last.state().isTerminal()).isTrue();
    } else {
      assertThat(last.cancellation())
          .isEqualTo(
              new JobEvent.Cancellation(
                  JobEvent.CancelState.valueOf(cancellation.state().name()),
                  cancellation.reason(),
                  cancellation.requestedAt(),
                  cancellation.endedAt()));
    }
  }

  private static void replayEqualsLive(JobRun run) {
    JobFacts replayed = JobFacts.unknown(Samples.JOB);
    for (JobChange change : run.changes()) {
      replayed = JobDecider.evolve(replayed, change);
    }
    assertThat(replayed).isEqualTo(run.facts());
  }
}
