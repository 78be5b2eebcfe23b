package dev.muster.contracts;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.Aggregation;
import dev.muster.contracts.job.Benchmark;
import dev.muster.contracts.job.Dependencies;
import dev.muster.contracts.job.Design;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.FanOut;
import dev.muster.contracts.job.Federated;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.Objective;
import dev.muster.contracts.job.ParentEnd;
import dev.muster.contracts.job.Reduce;
import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.job.RetryPolicy;
import dev.muster.contracts.job.StopRule;
import dev.muster.contracts.job.SubmissionEvent;
import dev.muster.contracts.job.Sweep;
import dev.muster.contracts.job.TaskCounts;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.ChunkTemplate;
import dev.muster.contracts.task.Gang;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.contracts.task.PlannedStage;
import dev.muster.contracts.task.ProgressEvent;
import dev.muster.contracts.task.RunSpec;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.contracts.webhook.SigningSecret;
import dev.muster.contracts.webhook.WebhookEvent;
import dev.muster.contracts.worker.Capacity;
import dev.muster.contracts.worker.GangPlace;
import dev.muster.contracts.worker.GpuDevice;
import dev.muster.contracts.worker.MailEvent;
import dev.muster.contracts.worker.ReportEvent;
import dev.muster.contracts.worker.WorkerEvent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One event of every kind, by the family it belongs to. */
final class Samples {
  static final Instant AT = Instant.parse("2026-01-02T03:04:05.678901Z");
  private static final JobId JOB = new JobId("01HF7YAT0041061050R3GG28A1");
  private static final JobId OLD_JOB = new JobId("01HF7YAT0041061050R3GG28A0");
  private static final WorkerId WORKER = new WorkerId("rack-1.host-7");
  private static final AttemptRef ATTEMPT = new AttemptRef(JOB, 7, 2, 3);
  private static final ResourceRequest REQUEST =
      new ResourceRequest(1, 40_960, "H100", 2.5, 8_192, 1_024);
  private static final RetryPolicy RETRY = new RetryPolicy(2, 1, Set.of(75), 1_000, 60_000);
  private static final RunSpec RUN =
      new RunSpec(
          List.of("python3", "train.py"), REQUEST, RETRY, 3_600, null, new Gang(2, 4, true));
  private static final Capacity CAPACITY =
      new Capacity(16, 65_536, 102_400, List.of(new GpuDevice("GPU-1", "NVIDIA H100", 81_559)));
  private static final AttemptEnd SUCCESS =
      new AttemptEnd(
          AttemptEnd.Status.SUCCEEDED, "{\"loss\": 0.10}", 0, null, null, null, null, 42, 1_234);
  private static final AttemptEnd FAILURE =
      new AttemptEnd(
          AttemptEnd.Status.FAILED,
          null,
          1,
          null,
          ErrorCode.EXIT_NONZERO,
          "Expected exit code 0, but the command exited with 1",
          "Traceback\n",
          10,
          987);
  private static final JobSpec SPEC =
      new JobSpec(
              "acme",
              "default",
              "structured_runner",
              "vision",
              "ref-1",
              List.of("nightly"),
              "{\"owner\": \"ann\"}",
              "b",
              List.of("python3", "train.py"),
              "{\"lr\": 1.0}",
              new FanOut(FanOut.Shape.BY, "model", 9, 0),
              2,
              5,
              REQUEST,
              RETRY,
              3_600,
              10,
              OLD_JOB,
              IndexRanges.parse("0,2-3"))
          .withDesign(
              new Design(
                  new Sweep(
                      Sweep.Method.RANDOM,
                      List.of(
                          new Sweep.Axis(
                              List.of("opt", "lr"),
                              List.of(),
                              new Sweep.Draw(Sweep.Law.LOG_UNIFORM, 0.001, 0.5)),
                          new Sweep.Axis(List.of("n"), List.of("1", "2"), null)),
                      List.of(),
                      5,
                      7),
                  new Benchmark(
                      List.of(
                          new Benchmark.Strategy("a", "{}"),
                          new Benchmark.Strategy("b", "{\"k\": 1}")),
                      List.of("{}"),
                      2),
                  new Objective("loss", Objective.Direction.MIN),
                  new Reduce(null, List.of("./reduce"), "{}", REQUEST, 60, 10),
                  new Federated(List.of("{\"site\": 1}"), 2, "{\"local_epochs\": 3}", 1, true),
                  new Aggregation(
                      List.of(
                          new Aggregation.Field("loss", null),
                          new Aggregation.Field("pi", new Aggregation.Linear(3, 3.5, 10))),
                      List.of(
                          new StopRule(
                              "loss",
                              "b",
                              5,
                              new StopRule.Threshold(StopRule.Stat.MIN, StopRule.Op.BELOW, 0.01),
                              null),
                          new StopRule(
                              "pi",
                              null,
                              30,
                              null,
                              new StopRule.Sequential(
                                  0.95, 0.01, 3.0, new StopRule.Bounds(0, 4)))))))
          .withSkipped(IndexRanges.parse("1"))
          .withDeadline(3_600)
          .withDependsOn(new Dependencies(List.of(OLD_JOB), Dependencies.Policy.ALLOW_PARTIAL));

  static final Map<Topic<?>, List<?>> BY_TOPIC =
      Map.of(
          Topic.SUBMISSIONS, submissions(),
          Topic.PLANS, plans(),
          Topic.ASSIGNMENTS, mail(),
          Topic.HEARTBEATS, workers(),
          Topic.RESULTS, reports(),
          Topic.PROGRESS, progress(),
          Topic.TASK_EVENTS, tasks(),
          Topic.WEBHOOKS, webhooks());

  private Samples() {}

  static JobEvent jobEvent(JobEvent.Kind kind) {
    boolean submitted = kind == JobEvent.Kind.SUBMITTED;
    boolean failed = kind == JobEvent.Kind.FAILED;
    JobState state =
        switch (kind) {
          case SUBMITTED -> JobState.PLANNING;
          case PROGRESSED, STAGE_COMPLETED, CANCEL_REFUSED -> JobState.RUNNING;
          case BLOCKED,
              QUEUED,
              ASSIGNED,
              RUNNING,
              CANCELING,
              FINALIZING,
              COMPLETED,
              PARTIAL,
              FAILED,
              CANCELLED,
              EXPIRED ->
              JobState.valueOf(kind.name());
          case RESULTS_DELETED -> JobState.COMPLETED;
        };
    return new JobEvent(
        JOB,
        kind.ordinal() + 1,
        kind,
        state,
        "acme",
        "default",
        AT,
        new TaskCounts(5, 1, 1, 2, 1, 0),
        submitted ? SPEC : null,
        failed ? ErrorCode.TIMEOUT : null,
        failed ? "Expected every task to end well, but 1 failed" : null,
        state.nativeWord("running"),
        1,
        2,
        submitted ? AT : null,
        submitted ? "{\"lr\": 1.0, \"model\": [1, 2]}" : null,
        null,
        cancellation(kind),
        failed ? ErrorCode.TIMEOUT.recommendedAction() : null,
        submitted ? 0L : 1_250_000_000L,
        kind == JobEvent.Kind.STAGE_COMPLETED ? 0 : null,
        kind == JobEvent.Kind.COMPLETED ? "The mean of pi is known." : null);
  }

  private static JobEvent.@Nullable Cancellation cancellation(JobEvent.Kind kind) {
    return switch (kind) {
      case CANCELING ->
          new JobEvent.Cancellation(JobEvent.CancelState.CANCELING, "wrong data", AT, null);
      case CANCEL_REFUSED -> new JobEvent.Cancellation(JobEvent.CancelState.FAILED, null, AT, AT);
      case CANCELLED ->
          new JobEvent.Cancellation(JobEvent.CancelState.CANCELED, "wrong data", AT, AT);
      case SUBMITTED,
          BLOCKED,
          QUEUED,
          ASSIGNED,
          STAGE_COMPLETED,
          RUNNING,
          PROGRESSED,
          FINALIZING,
          COMPLETED,
          PARTIAL,
          FAILED,
          EXPIRED,
          RESULTS_DELETED ->
          null;
    };
  }

  private static List<SubmissionEvent> submissions() {
    return List.of(
        new SubmissionEvent.JobSubmitted(
            JOB,
            SPEC,
            AT,
            "{\"lr\": 1.0, \"model\": [1, 2]}",
            "model",
            1,
            List.of(new ParentEnd(OLD_JOB, JobState.PARTIAL))),
        new SubmissionEvent.JobItemsListed(JOB, 1, 4, List.of("{\"a\": 1.0}", "\"é\""), 1),
        new SubmissionEvent.JobCancelRequested(JOB, "wrong data"),
        new SubmissionEvent.CreditHeld(JOB, "acme", 1_250_000_000L),
        new SubmissionEvent.CreditGranted(OLD_JOB, "acme", 25_000_000_000L, "July"),
        new SubmissionEvent.ResultsDeleted(JOB, SubmissionEvent.ResultsDeleted.Reason.USER),
        new SubmissionEvent.JobReplayRequested(JOB),
        new SubmissionEvent.JobRebuildRequested(JOB));
  }

  private static List<PlanEvent> plans() {
    return List.of(
        new PlanEvent.JobPlanned(
            JOB, "acme", "default", 10, 5, IndexRanges.parse("0,2-3"), RUN, 86_400),
        new PlanEvent.TasksPlanned(
            JOB,
            10,
            5,
            List.of(),
            new ChunkTemplate("{\"lr\": 1.0}", "n", 20, 100, 0),
            new PlannedStage(1, RUN)),
        new PlanEvent.PlanFailed(JOB, ErrorCode.INTERNAL, "Expected whole tasks, but got a part"),
        new PlanEvent.JobBlocked(JOB, List.of(OLD_JOB)));
  }

  private static List<MailEvent> mail() {
    return List.of(
        new MailEvent.WorkerWelcomed(1_700_000_000_000L, 30_000, 10_000),
        new MailEvent.AttemptsAssigned(
            1_700_000_000_000L,
            JOB,
            RUN,
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            List.of(
                new MailEvent.Assignment(
                    7,
                    2,
                    3,
                    "{\"lr\": 1.0}",
                    List.of("GPU-1"),
                    null,
                    new GangPlace(1, List.of("10.0.0.1:29500", "10.0.0.2:29500"))))),
        new MailEvent.AttemptsRevoked(
            1_700_000_000_000L, List.of(ATTEMPT), MailEvent.Reason.CANCELLED),
        new MailEvent.WorkerDrainRequested(1_700_000_000_000L));
  }

  private static List<WorkerEvent> workers() {
    return List.of(
        new WorkerEvent.WorkerRegistered(
            WORKER, 1_700_000_000_000L, "default", CAPACITY, "10.0.0.2"),
        new WorkerEvent.WorkerHeartbeat(
            WORKER, 1_700_000_000_000L, "default", CAPACITY, List.of(ATTEMPT), true, "10.0.0.2"),
        new WorkerEvent.WorkerStopped(WORKER, 1_700_000_000_000L));
  }

  private static List<ReportEvent> reports() {
    return List.of(
        new ReportEvent.AttemptStarted(ATTEMPT),
        new ReportEvent.AttemptFinished(ATTEMPT, SUCCESS),
        new ReportEvent.AttemptReturned(ATTEMPT));
  }

  private static List<ProgressEvent> progress() {
    return List.of(
        new ProgressEvent.OutputWritten(ATTEMPT, ProgressEvent.Stream.STDOUT, 4_096, 6, "epoch\n"),
        new ProgressEvent.ProgressReported(ATTEMPT, "{\"pct\": 50.0}"));
  }

  private static List<TaskEvent> tasks() {
    return List.of(
        new TaskEvent.TaskLeased(7, 2, 3, WORKER),
        new TaskEvent.TaskStarted(7, 2, 3),
        new TaskEvent.TaskReturned(7, 2, 3),
        new TaskEvent.TaskRetrying(7, 2, 3, FAILURE, 2_000),
        new TaskEvent.TaskSucceeded(7, 2, 3, SUCCESS),
        new TaskEvent.TaskFailed(7, 2, 3, FAILURE),
        new TaskEvent.AttemptMetered(
            7,
            2,
            3,
            AT,
            AT.plusMillis(1_240),
            1_234,
            2.5,
            List.of(new GpuDevice("GPU-1", "NVIDIA H100", 81_559))),
        new TaskEvent.TasksCancelled(IndexRanges.parse("0-4,9")),
        new TaskEvent.JobStopped());
  }

  private static List<WebhookEvent> webhooks() {
    return List.of(
        new WebhookEvent.EndpointSaved(
            "ep_01JZZZZZZZZZZZZZZZZZZZZZZZ",
            "acme",
            3,
            "https://example.com/hook",
            List.of("job.completed"),
            true,
            List.of(new SigningSecret("k1.AAAA", null), new SigningSecret("k1.BBBB", AT))),
        new WebhookEvent.EndpointDeleted("ep_01JZZZZZZZZZZZZZZZZZZZZZZZ", "acme", 4),
        new WebhookEvent.PingRequested("ep_01JZZZZZZZZZZZZZZZZZZZZZZZ", "acme", "msg_ping_1"),
        new WebhookEvent.RedeliveryRequested(
            "callback_acme", "acme", "msg_callback_acme_1", "req_1"),
        new WebhookEvent.EndpointDisabled(
            "ep_01JZZZZZZZZZZZZZZZZZZZZZZZ", "acme", WebhookEvent.Reason.GONE, AT));
  }
}
