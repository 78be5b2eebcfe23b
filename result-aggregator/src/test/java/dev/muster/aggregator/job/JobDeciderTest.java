package dev.muster.aggregator.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.aggregator.task.TaskDelta;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.TaskCounts;
import org.junit.jupiter.api.Test;

class JobDeciderTest {
  private static final TaskDelta LEASED = new TaskDelta(1, 0, 0, 0, 0, 0, 0, true, false);
  private static final TaskDelta SUCCEEDED = new TaskDelta(-1, 0, 1, 0, 0, 0, 0, true, true);
  private static final TaskDelta FAILED = new TaskDelta(-1, 0, 0, 1, 0, 0, 0, true, true);

  private final JobRun run = new JobRun(true);

  @Test
  void tasksThatARetryLeavesOutCountAsCancelledFromTheBeginning() {
    JobSpec spec =
        Samples.spec(4, Samples.JOB, IndexRanges.closed(0, 0))
            .withSkipped(IndexRanges.closed(1, 2));
    run.apply(new JobCommand.Submit(spec, Samples.NOON, 1));
    run.apply(new JobCommand.Plan(4));

    assertThat(run.facts().counts()).isEqualTo(new TaskCounts(4, 0, 0, 1, 0, 2));

    run.apply(new JobCommand.RecordTasks(LEASED));
    run.apply(new JobCommand.RecordTasks(SUCCEEDED));
    run.apply(new JobCommand.Conclude(null));

    assertThat(run.facts().counts()).isEqualTo(new TaskCounts(4, 0, 0, 2, 0, 2));
    assertThat(run.facts().state()).isEqualTo(JobState.PARTIAL);
  }

  @Test
  void nothingIsPublishedBeforeTheSubmissionIsKnown() {
    run.apply(new JobCommand.Plan(1));
    run.apply(new JobCommand.RecordTasks(LEASED));
    run.apply(new JobCommand.RecordTasks(SUCCEEDED));

    assertThat(run.events()).isEmpty();

    run.apply(new JobCommand.Submit(Samples.spec(1), Samples.NOON, 0));

    assertThat(run.events())
        .extracting(JobEvent::kind)
        .containsExactly(
            JobEvent.Kind.SUBMITTED,
            JobEvent.Kind.QUEUED,
            JobEvent.Kind.ASSIGNED,
            JobEvent.Kind.RUNNING,
            JobEvent.Kind.FINALIZING);
    assertThat(run.events().getFirst().counts()).isEqualTo(new TaskCounts(1, 0, 0, 0, 0, 0));
    assertThat(run.events().getLast().counts()).isEqualTo(new TaskCounts(1, 0, 0, 1, 0, 0));
  }

  @Test
  void changedCountsWithoutANewStateAreOneProgressEvent() {
    running(3);

    run.apply(new JobCommand.RecordTasks(LEASED.plus(SUCCEEDED)));

    assertThat(run.events().getLast().kind()).isEqualTo(JobEvent.Kind.PROGRESSED);
    assertThat(run.events().getLast().counts().succeeded()).isEqualTo(2);
  }

  @Test
  void cancelWhileFinalizingIsRefusedAndTold() {
    running(1);

    run.apply(new JobCommand.RequestCancel("late"));
    run.apply(new JobCommand.RequestCancel("later"));

    assertThat(run.events().getLast().kind()).isEqualTo(JobEvent.Kind.CANCEL_REFUSED);
    assertThat(run.facts().state()).isEqualTo(JobState.FINALIZING);
    assertThat(cancelState()).isEqualTo(Cancellation.State.FAILED);

    run.apply(new JobCommand.Conclude(null));

    assertThat(run.facts().state()).isEqualTo(JobState.COMPLETED);
  }

  @Test
  void cancelledJobWaitsForTheDispatcher() {
    running(3);

    run.apply(new JobCommand.RequestCancel("enough"));
    run.apply(new JobCommand.Conclude(null));

    assertThat(run.facts().state()).isEqualTo(JobState.CANCELING);
    assertThat(run.facts().shown()).isEqualTo("running");
    assertThat(run.events().getLast().detail()).isEqualTo("enough");

    run.apply(new JobCommand.Stop());
    run.apply(new JobCommand.Conclude(null));

    assertThat(run.facts().state()).isEqualTo(JobState.CANCELLED);
    assertThat(run.facts().counts()).isEqualTo(new TaskCounts(3, 0, 0, 1, 0, 2));
    assertThat(cancelState()).isEqualTo(Cancellation.State.CANCELED);
  }

  @Test
  void overdueJobEndsWithWhatItHasOnceTheDispatcherHasStoppedIt() {
    running(3);

    run.apply(new JobCommand.Expire(Samples.NOON));
    run.apply(new JobCommand.Conclude(null));

    assertThat(run.facts().state()).isEqualTo(JobState.CANCELING);
    assertThat(run.facts().shown()).isEqualTo("running");

    run.apply(new JobCommand.Stop());
    run.apply(new JobCommand.Conclude(null));

    JobEvent last = run.events().getLast();
    assertThat(last.kind()).isEqualTo(JobEvent.Kind.EXPIRED);
    assertThat(last.status()).isEqualTo("failed");
    assertThat(last.errorCode()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    assertThat(last.detail())
        .isEqualTo("Expected all tasks to end by 2026-01-01T12:00:00Z, but 2 of 3 had not.");
    assertThat(run.facts().counts()).isEqualTo(new TaskCounts(3, 0, 0, 1, 0, 2));
    assertThat(run.facts().cancellation()).isNull();
  }

  @Test
  void whoeverEndsTheJobFirstHasEndedIt() {
    running(3);
    run.apply(new JobCommand.Expire(Samples.NOON));

    run.apply(new JobCommand.RequestCancel("enough"));

    assertThat(cancelState()).isEqualTo(Cancellation.State.FAILED);
    assertThat(run.events().getLast().kind()).isEqualTo(JobEvent.Kind.CANCEL_REFUSED);
    run.apply(new JobCommand.FailPlan(new Failure(ErrorCode.INTERNAL, "late")));
    run.apply(new JobCommand.Stop());
    run.apply(new JobCommand.Conclude(null));
    assertThat(run.facts().state()).isEqualTo(JobState.EXPIRED);
  }

  @Test
  void deadlineChangesNothingAboutAJobThatIsBeingCancelled() {
    running(3);
    run.apply(new JobCommand.RequestCancel("enough"));
    long version = run.facts().version();

    run.apply(new JobCommand.Expire(Samples.NOON));

    assertThat(run.facts().version()).isEqualTo(version);
    assertThat(run.facts().failure()).isNull();
  }

  @Test
  void deletedResultsAreOneEventAfterTheEndAndLeaveTheStateAlone() {
    running(3);
    run.apply(new JobCommand.DeleteResults(true));
    assertThat(run.events()).noneMatch(event -> event.kind() == JobEvent.Kind.RESULTS_DELETED);
    run.apply(new JobCommand.RequestCancel("enough"));
    run.apply(new JobCommand.Stop());
    run.apply(new JobCommand.Conclude(null));
    JobFacts ended = run.facts();

    run.apply(new JobCommand.DeleteResults(true));
    run.apply(new JobCommand.DeleteResults(false));

    JobEvent told = run.events().getLast();
    assertThat(told.kind()).isEqualTo(JobEvent.Kind.RESULTS_DELETED);
    assertThat(told.seq()).isEqualTo(ended.version() + 1);
    assertThat(told.detail()).isEqualTo("The results were deleted by their owner.");
    assertThat(run.facts().version()).isEqualTo(ended.version() + 1);
    assertThat(run.facts().state()).isEqualTo(JobState.CANCELLED);
    assertThat(run.facts().counts()).isEqualTo(ended.counts());
    assertThat(run.facts().milestones()).isEqualTo(ended.milestones());
    assertThat(run.facts().cancellation()).isEqualTo(ended.cancellation());
  }

  @Test
  void jobWithoutAPlanFailsAndNoneOfItsTasksIsOpen() {
    run.apply(new JobCommand.Submit(Samples.spec(5), Samples.NOON, 0));

    run.apply(new JobCommand.FailPlan(new Failure(ErrorCode.INPUT_INVALID, "No field models.")));

    assertThat(run.facts().state()).isEqualTo(JobState.FAILED);
    assertThat(run.events().getLast().errorCode()).isEqualTo(ErrorCode.INPUT_INVALID);
    assertThat(run.facts().counts().pending()).isZero();
  }

  @Test
  void jobThatWaitsForOthersIsBlockedUntilItIsPlanned() {
    run.apply(new JobCommand.Block());
    assertThat(run.events()).isEmpty();

    run.apply(new JobCommand.Submit(Samples.spec(2), Samples.NOON, 0));
    run.apply(new JobCommand.Block());

    assertThat(run.facts().state()).isEqualTo(JobState.BLOCKED);
    assertThat(run.facts().shown()).isEqualTo("queued");
    assertThat(run.events()).extracting(JobEvent::kind).containsOnlyOnce(JobEvent.Kind.BLOCKED);

    run.apply(new JobCommand.Plan(2));
    run.apply(new JobCommand.Block());

    assertThat(run.facts().state()).isEqualTo(JobState.QUEUED);
    assertThat(run.events().getLast().kind()).isEqualTo(JobEvent.Kind.QUEUED);
  }

  @Test
  void blockedJobFailsWithWhatThePlannerSaysOfItsParent() {
    run.apply(new JobCommand.Submit(Samples.spec(2), Samples.NOON, 0));
    run.apply(new JobCommand.Block());

    run.apply(new JobCommand.FailPlan(new Failure(ErrorCode.DEPENDENCY_FAILED, "Expected job_x.")));

    assertThat(run.facts().state()).isEqualTo(JobState.FAILED);
    assertThat(run.events().getLast().errorCode()).isEqualTo(ErrorCode.DEPENDENCY_FAILED);
    assertThat(run.events().getLast().detail()).isEqualTo("Expected job_x.");
    assertThat(run.facts().counts()).isEqualTo(new TaskCounts(2, 0, 0, 0, 0, 2));
  }

  @Test
  void completedStageIsToldOnceAndTheLastIsTheEnd() {
    run.apply(new JobCommand.Submit(Samples.mapReduce(2), Samples.NOON, 0));
    run.apply(new JobCommand.Plan(3));
    run.apply(new JobCommand.RecordTasks(LEASED.plus(SUCCEEDED)));
    run.apply(new JobCommand.RecordTasks(LEASED.plus(SUCCEEDED)));

    assertThat(run.events().getLast().kind()).isEqualTo(JobEvent.Kind.STAGE_COMPLETED);
    assertThat(run.events().getLast().stage()).isZero();
    assertThat(run.facts().state()).isEqualTo(JobState.RUNNING);

    run.apply(new JobCommand.RecordTasks(LEASED));
    run.apply(new JobCommand.RecordTasks(SUCCEEDED));
    run.apply(new JobCommand.Conclude(null));

    assertThat(run.events())
        .extracting(JobEvent::kind)
        .containsOnlyOnce(JobEvent.Kind.STAGE_COMPLETED)
        .endsWith(JobEvent.Kind.FINALIZING, JobEvent.Kind.COMPLETED);
  }

  @Test
  void failedStageEndsTheJobAndWhatComesAfterIsNeverPlanned() {
    run.apply(new JobCommand.Submit(Samples.mapReduce(2), Samples.NOON, 0));
    run.apply(new JobCommand.Plan(3));
    run.apply(new JobCommand.RecordTasks(LEASED.plus(SUCCEEDED)));
    run.apply(new JobCommand.RecordTasks(LEASED.plus(FAILED)));
    run.apply(new JobCommand.Conclude(ErrorCode.TIMEOUT));

    assertThat(run.facts().state()).isEqualTo(JobState.PARTIAL);
    assertThat(run.facts().counts()).isEqualTo(new TaskCounts(3, 0, 0, 1, 1, 1));
    assertThat(run.events())
        .extracting(JobEvent::kind)
        .doesNotContain(JobEvent.Kind.STAGE_COMPLETED);
  }

  @Test
  void stageThatWasTakenOverWholeIsCompleteWithThePlan() {
    run.apply(
        new JobCommand.Submit(Samples.mapReduce(2, IndexRanges.closed(0, 1)), Samples.NOON, 2));

    assertThat(run.facts().state()).isEqualTo(JobState.PLANNING);

    run.apply(new JobCommand.Plan(3));

    assertThat(run.events().getLast().kind()).isEqualTo(JobEvent.Kind.STAGE_COMPLETED);
    assertThat(run.facts().state()).isEqualTo(JobState.QUEUED);
  }

  @Test
  void failedJobNamesTheCommonestError() {
    run.apply(new JobCommand.Submit(Samples.spec(1), Samples.NOON, 0));
    run.apply(new JobCommand.RecordTasks(LEASED.plus(FAILED)));

    run.apply(new JobCommand.Conclude(ErrorCode.TIMEOUT));

    assertThat(run.facts().state()).isEqualTo(JobState.FAILED);
    assertThat(run.facts().failure())
        .isEqualTo(
            new Failure(
                ErrorCode.TIMEOUT, "1 of 1 task failed; the most frequent error is timeout."));
  }

  @Test
  void missingCarriedResultsFailTheRetryJob() {
    run.apply(
        new JobCommand.Submit(
            Samples.spec(3, Samples.JOB, IndexRanges.closed(0, 1)), Samples.NOON, 1));

    assertThat(run.facts().state()).isEqualTo(JobState.FAILED);
    assertThat(run.events().getLast().detail()).contains("2 results", "1 are not there");
  }

  private void running(int tasks) {
    run.apply(new JobCommand.Submit(Samples.spec(tasks), Samples.NOON, 0));
    run.apply(new JobCommand.Plan(tasks));
    run.apply(new JobCommand.RecordTasks(LEASED.plus(SUCCEEDED)));
  }

  private Cancellation.State cancelState() {
    Cancellation cancellation = run.facts().cancellation();
    if (cancellation == null) {
      throw new AssertionError("Expected a cancellation, but there is none");
    }
    return cancellation.state();
  }
}
