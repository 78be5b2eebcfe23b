package dev.muster.aggregator.shell;

import static dev.muster.aggregator.shell.Aggregation.awaitThat;
import static dev.muster.aggregator.shell.Aggregation.newJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.aggregator.job.Samples;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.Design;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.Objective;
import dev.muster.contracts.job.SubmissionEvent;
import dev.muster.contracts.job.Sweep;
import dev.muster.contracts.task.ProgressEvent;
import dev.muster.contracts.task.TaskEvent;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init")
class AggregatorIT {
  private static final WorkerId WORKER = new WorkerId("worker-1");

  private static Aggregation service;
  private static Wire wire;
  private static Tables tables;

  @BeforeAll
  static void startService() throws Exception {
    service = new Aggregation();
    wire = service.wire;
    tables = service.tables;
  }

  @AfterAll
  static void stopService() throws Exception {
    service.close();
  }

  @Test
  void oneTaskJobClimbsEveryRung() throws Exception {
    JobId job = newJob();
    JobSpec spec = Samples.spec(1);

    wire.submitted(job, spec);
    wire.planned(job, spec);
    wire.happened(job, leased(0, 1), succeeded(0, 1, "{\"loss\": 0.5, \"ok\":true}"));

    awaitState(job, "COMPLETED");
    awaitThat(() -> !wire.published(job).isEmpty() && last(job).state().isTerminal());
    assertThat(wire.published(job))
        .extracting(event -> event.kind().name())
        .containsSubsequence(
            "SUBMITTED", "QUEUED", "ASSIGNED", "RUNNING", "FINALIZING", "COMPLETED");
    assertThat(wire.published(job).getFirst().spec()).isEqualTo(spec);
    assertThat(tables.task(job, 0, "result")).isEqualTo("{\"loss\": 0.5, \"ok\":true}");
    assertThat(tables.job(job, "aggregate"))
        .isEqualTo(
            "{\"count\":1,\"fields\":{\"loss\":{\"count\":1,\"mean\":0.5,\"min\":0.5,\"max\":0.5,"
                + "\"sum\":0.5},\"ok\":{\"true\":1,\"false\":0}}}");
    assertThat(tables.job(job, "summary")).contains("\"succeeded\":1", "\"p50\":1.500");
  }

  @Test
  void sweepEndsWithItsBestPointFirst() throws Exception {
    JobId job = newJob();
    Sweep sweep =
        new Sweep(
            Sweep.Method.GRID,
            List.of(new Sweep.Axis(List.of("o", "lr"), List.of("0.10", "1e-3"), null)),
            List.of(),
            2,
            0);
    JobSpec spec =
        Samples.spec(2)
            .withDesign(new Design(sweep, null, new Objective("loss", Objective.Direction.MIN)));

    wire.submitted(job, spec);
    wire.planned(job, spec);
    wire.happened(job, leased(1, 1), succeeded(1, 1, "{\"loss\": 0.25}"));
    wire.happened(job, leased(0, 1), succeeded(0, 1, "{\"loss\": 0.5}"));

    awaitState(job, "COMPLETED");
    assertThat(tables.job(job, "aggregate"))
        .endsWith(
            "\"metric\":\"loss\",\"direction\":\"min\",\"leaderboard\":["
                + "{\"rank\":1,\"index\":1,\"value\":0.25,\"parameters\":{\"o\":{\"lr\":1e-3}}},"
                + "{\"rank\":2,\"index\":0,\"value\":0.5,\"parameters\":{\"o\":{\"lr\":0.10}}}]}");
  }

  @Test
  void repeatsDisorderAndCrashesCountOnce() throws Exception {
    JobId job = newJob();
    int count = 600;
    List<ProducerRecord<String, byte[]>> records = disturbed(job, count);
    int half = records.size() / 2;

    wire.sendAll(records.subList(0, half));
    awaitThat(() -> !tables.job(job).isEmpty());
    service.kill();
    wire.sendAll(records.subList(half, records.size()));
    service.restart();

    awaitState(job, "COMPLETED");
    assertThat(tables.job(job, "succeeded")).isEqualTo("" + count);
    assertThat(
            tables.rows(
                "SELECT index FROM aggregator.task WHERE job_id = ? AND state = 'SUCCEEDED'"
                    + " AND result = '{\"index\":' || index || '}'",
                job.value()))
        .hasSize(count);
    assertThat(tables.job(job, "aggregate"))
        .contains("\"sum\":" + IntStream.range(0, count).sum(), "\"count\":" + count);
    assertNumberedWithoutGap(job);
    assertThat(service.metrics()).contains("task_events_ignored_total");
  }

  @Test
  void stopsAndCrashesLoseNothing() throws Exception {
    JobId job = newJob();
    int count = 300;
    JobSpec spec = Samples.spec(count);
    wire.submitted(job, spec);
    wire.planned(job, spec);

    for (int index = 0; index < count; index++) {
      wire.happened(job, leased(index, 1), succeeded(index, 1, "{\"index\":" + index + "}"));
      if (index == 100) {
        service.stop();
        service.restart();
      } else if (index == 200) {
        service.kill();
        service.restart();
      }
    }

    awaitState(job, "COMPLETED");
    assertThat(tables.job(job, "succeeded")).isEqualTo("" + count);
    assertNumberedWithoutGap(job);
  }

  @Test
  void completedStageIsToldOnceThoughAllComesTwiceAndTheServiceIsKilled() throws Exception {
    JobId job = newJob();
    JobSpec spec = Samples.mapReduce(2);
    wire.submitted(job, spec);
    wire.planned(job, spec);
    TaskEvent[] maps = {
      leased(0, 1), succeeded(0, 1, "{\"n\":1}"), leased(1, 1), succeeded(1, 1, "{\"n\":2}")
    };
    wire.happened(job, maps);
    wire.happened(job, maps);
    awaitThat(() -> stagesTold(job) > 0);
    service.kill();
    service.restart();
    wire.happened(job, maps);
    wire.happened(job, leased(2, 1), succeeded(2, 1, "{\"n\":3}"));

    awaitState(job, "COMPLETED");
    awaitThat(() -> last(job).state().isTerminal());
    assertThat(tables.job(job, "stages_completed")).isEqualTo("1");
    assertThat(
            tables.rows(
                "SELECT seq FROM aggregator.job_event WHERE job_id = ? AND kind = 'STAGE_COMPLETED'",
                job.value()))
        .hasSize(1);
    assertNumberedWithoutGap(job);
  }

  private static long stagesTold(JobId job) throws Exception {
    return wire.published(job).stream()
        .filter(event -> event.kind() == JobEvent.Kind.STAGE_COMPLETED)
        .count();
  }

  @Test
  void replayedJobIsPublishedAgainWordForWord() throws Exception {
    JobId job = newJob();
    wire.submitted(job, Samples.spec(2));
    wire.planned(job, Samples.spec(2));
    wire.happened(job, succeeded(0, 1, "1"), succeeded(1, 1, "2"));
    awaitState(job, "COMPLETED");
    int last = Integer.parseInt(tables.job(job, "version"));
    awaitThat(() -> wire.published(job).size() == last);
    List<String> ids =
        IntStream.rangeClosed(1, last).mapToObj(seq -> JobEvent.id(job, seq)).toList();
    assertThat(wire.publishedIds(job)).isEqualTo(ids);

    wire.asked(job, new SubmissionEvent.JobReplayRequested(job));

    awaitThat(() -> wire.published(job).size() == 2 * last);
    assertThat(wire.publishedIds(job).subList(last, 2 * last)).isEqualTo(ids);
    assertThat(wire.published(job).subList(last, 2 * last))
        .isEqualTo(wire.published(job).subList(0, last));
    assertThat(tables.job(job, "version")).isEqualTo("" + last);
  }

  @Test
  void rebuiltJobHasItsPackageAgain() throws Exception {
    JobId job = newJob();
    wire.submitted(job, Samples.spec(2));
    // The plan comes by another topic, and after the end it changes nothing any more.
    wire.happened(job, succeeded(0, 1, "1"), succeeded(1, 1, "2"));
    awaitState(job, "COMPLETED");
    String summary = tables.job(job, "summary");
    String aggregate = tables.job(job, "aggregate");
    try (Tables own = service.own()) {
      own.update(
          "UPDATE aggregator.job SET summary = '{}', aggregate = '{}' WHERE job_id = ?",
          job.value());
    }

    wire.asked(job, new SubmissionEvent.JobRebuildRequested(job));

    awaitThat(() -> tables.job(job, "summary").equals(summary));
    assertThat(tables.job(job, "aggregate")).isEqualTo(aggregate);
  }

  @Test
  void cancelledJobEndsWhenTheDispatcherStoppedIt() throws Exception {
    JobId job = newJob();
    wire.submitted(job, Samples.spec(1_000));
    wire.planned(job, Samples.spec(1_000));
    wire.happened(job, leased(0, 1), started(0, 1), leased(1, 1), succeeded(1, 1, "1"));
    awaitState(job, "RUNNING");

    wire.cancelRequested(job, "enough");
    awaitState(job, "CANCELING");
    assertThat(tables.job(job, "shown")).isEqualTo("running");
    wire.happened(
        job, new TaskEvent.TasksCancelled(IndexRanges.closed(2, 999)), new TaskEvent.JobStopped());

    awaitState(job, "CANCELLED");
    assertThat(tables.job(job, "cancelled")).isEqualTo("999");
    assertThat(tables.job(job, "succeeded")).isEqualTo("1");
    assertThat(tables.job(job, "running")).isEqualTo("0");
    assertThat(tables.job(job, "cancel_state")).isEqualTo("canceled");
    assertThat(tables.task(job, 0, "state")).isEqualTo("CANCELLED");
    assertNumberedWithoutGap(job);
  }

  @Test
  void overdueJobEndsWithWhatItHas() throws Exception {
    JobId job = newJob();
    JobSpec spec = Samples.spec(1_000).withDeadline(1);
    wire.submitted(job, spec);
    wire.planned(job, spec);
    wire.happened(job, leased(0, 1), started(0, 1), succeeded(0, 1, "1"));

    awaitState(job, "CANCELING");
    awaitThat(() -> tables.job(job, "succeeded").equals("1"));
    wire.happened(job, new TaskEvent.JobStopped());

    awaitState(job, "EXPIRED");
    assertThat(tables.job(job, "error_code")).isEqualTo("deadline_exceeded");
    assertThat(tables.job(job, "succeeded")).isEqualTo("1");
    assertThat(tables.job(job, "cancelled")).isEqualTo("999");
    assertThat(tables.job(job, "cancel_state")).isEmpty();
    assertNumberedWithoutGap(job);
  }

  @Test
  void cancelAfterTheEndIsRefusedWithoutAnEvent() throws Exception {
    JobId job = newJob();
    wire.submitted(job, Samples.spec(1));
    wire.happened(job, leased(0, 1), succeeded(0, 1, "{}"));
    awaitState(job, "COMPLETED");
    String version = tables.job(job, "version");

    wire.cancelRequested(job, "too late");

    awaitThat(() -> tables.job(job, "cancel_state").equals("failed"));
    assertThat(tables.job(job, "version")).isEqualTo(version);
    assertThat(tables.job(job, "state")).isEqualTo("COMPLETED");
  }

  @Test
  void cancelBeforeSubmissionIsKept() throws Exception {
    JobId job = newJob();
    wire.cancelRequested(job, "oops");
    awaitThat(() -> tables.job(job, "cancel_state").equals("canceling"));

    wire.submitted(job, Samples.spec(3));
    awaitState(job, "CANCELING");
    wire.happened(job, new TaskEvent.JobStopped());

    awaitState(job, "CANCELLED");
    assertThat(tables.job(job, "cancelled")).isEqualTo("3");
  }

  @Test
  void failuresMakeAPartialResultAndKeepTheirDiagnostics() throws Exception {
    JobId job = newJob();
    wire.submitted(job, Samples.spec(3));
    wire.planned(job, Samples.spec(3));

    wire.happened(
        job,
        leased(0, 1),
        new TaskEvent.TaskRetrying(0, 1, 1, Samples.loss(), 100),
        leased(0, 2),
        succeeded(0, 2, "{\"n\":1}"),
        leased(1, 1),
        started(1, 1),
        new TaskEvent.TaskFailed(1, 1, 1, Samples.failure(3)),
        leased(2, 1),
        succeeded(2, 1, "\"text\\u0000\""));

    awaitState(job, "PARTIAL");
    assertThat(tables.job(job, "error_code")).isEqualTo("exit_nonzero");
    assertThat(tables.job(job, "attempts_lost")).isEqualTo("1");
    assertThat(tables.job(job, "retries")).isEqualTo("1");
    assertThat(tables.task(job, 0, "attempts"))
        .contains("\"status\":\"lost\"", "\"status\":\"succeeded\"");
    assertThat(tables.task(job, 1, "last_failed"))
        .contains("\"exit_code\":3", "\"output_tail\":\"last words\"");
    assertThat(tables.task(job, 2, "result")).isEqualTo("\"text\\u0000\"");
    assertThat(tables.job(job, "summary")).contains("\"exit_nonzero\":1");
  }

  @Test
  void retryJobTakesOverResults() throws Exception {
    JobId first = newJob();
    wire.submitted(first, Samples.spec(3));
    wire.happened(
        first,
        leased(0, 1),
        succeeded(0, 1, "{\"n\":10}"),
        leased(1, 1),
        new TaskEvent.TaskFailed(1, 1, 1, Samples.failure(1)),
        leased(2, 1),
        succeeded(2, 1, "{\"n\":12}"));
    awaitState(first, "PARTIAL");
    JobId second = newJob();

    wire.submitted(second, Samples.spec(3, first, IndexRanges.parse("0,2")));
    awaitThat(() -> tables.job(second, "succeeded").equals("2"));
    wire.happened(second, leased(1, 1), succeeded(1, 1, "{\"n\":11}"));

    awaitState(second, "COMPLETED");
    assertThat(tables.task(second, 2, "result")).isEqualTo("{\"n\":12}");
    assertThat(tables.job(second, "aggregate")).contains("\"sum\":33");
  }

  @Test
  void retryJobWithoutTheOldResultsFailsClearly() throws Exception {
    JobId job = newJob();

    wire.submitted(job, Samples.spec(3, newJob(), IndexRanges.parse("0-1")));

    awaitState(job, "FAILED");
    assertThat(tables.job(job, "error")).contains("Expected to take over 2 results");
    assertThat(tables.task(job, 0, "state")).isEqualTo("no row");
  }

  @Test
  void outputOfTheNewestAttemptIsKeptAndGapsAreCounted() throws Exception {
    JobId job = newJob();
    AttemptRef first = new AttemptRef(job, 0, 1, 1);
    AttemptRef second = new AttemptRef(job, 0, 2, 2);
    wire.progressed(job, output(first, 0, "old\n"), output(first, 4, "words\n"));
    awaitThat(() -> "old\nwords\n".equals(tables.output(job, 0).get("head")));

    wire.progressed(
        job,
        output(second, 0, "new \0\n"),
        new ProgressEvent.ProgressReported(second, "{\"step\": 42}"),
        output(second, 0, "new \0\n"),
        output(second, 106, "tail\n"),
        output(first, 10, "late\n"));

    awaitThat(() -> Integer.valueOf(1).equals(tables.output(job, 0).get("gaps")));
    assertThat(tables.output(job, 0))
        .containsEntry("head", "new \uFFFD\n\n[... 100 bytes are missing ...]\ntail\n")
        .containsEntry("bytes", 111L)
        .containsEntry("attempt", 2)
        .containsEntry("progress", "{\"step\": 42}");
  }

  @Test
  void poisonIsDeadLetteredAloneAndTheRestGoesOn() throws Exception {
    JobId job = newJob();
    String bad = "not a job " + job;
    wire.submitted(job, Samples.spec(1));

    wire.sendAll(
        List.of(
            new ProducerRecord<>(
                Topic.TASK_EVENTS.name(), job.value(), bad.getBytes(StandardCharsets.UTF_8)),
            Wire.tasks(job, List.of(leased(0, 1), succeeded(0, 1, "{}")))));

    awaitState(job, "COMPLETED");
    awaitThat(() ->
        wire.allOf(Topic.DEAD_LETTERS).stream()
            .anyMatch(body -> body.contains("\"key\":\"" + job.value() + "\"")));
  }

  @Test
  void deletedResultsAreToldOnceAndTheRecordStays() throws Exception {
    JobId job = newJob();
    wire.submitted(job, Samples.spec(2));
    wire.progressed(job, output(new AttemptRef(job, 0, 1, 1), 0, "hello"));
    awaitThat(() -> "hello".equals(tables.output(job, 0).get("head")));
    wire.resultsDeleted(job, SubmissionEvent.ResultsDeleted.Reason.USER); // goes on: ignored
    wire.happened(job, leased(0, 1), succeeded(0, 1, "{\"a\":1}"));
    wire.happened(job, leased(1, 1), succeeded(1, 1, "{\"a\":2}"));
    awaitState(job, "COMPLETED");
    long end = Long.parseLong(tables.job(job, "version"));
    List<?> account =
        tables.rows("SELECT * FROM aggregator.job_account WHERE job_id = ?", job.value());

    wire.resultsDeleted(job, SubmissionEvent.ResultsDeleted.Reason.RETENTION);
    wire.resultsDeleted(job, SubmissionEvent.ResultsDeleted.Reason.USER);

    awaitThat(() -> tables.job(job, "results_purged").equals("true"));
    assertThat(tables.job(job, "version")).isEqualTo(Long.toString(end + 1));
    assertNumberedWithoutGap(job);
    JobEvent told = last(job);
    assertThat(told.kind()).isEqualTo(JobEvent.Kind.RESULTS_DELETED);
    assertThat(told.state()).isEqualTo(JobState.COMPLETED);
    assertThat(told.detail()).contains("the plan keeps them no longer");
    assertThat(tables.task(job, 0, "result")).isEmpty();
    assertThat(tables.task(job, 0, "state")).isEqualTo("SUCCEEDED");
    assertThat(tables.output(job, 0)).isEmpty();
    assertThat(tables.job(job, "summary")).isNotEmpty();
    assertThat(tables.rows("SELECT * FROM aggregator.job_account WHERE job_id = ?", job.value()))
        .as("nothing is settled twice")
        .isEqualTo(account);
  }

  @Test
  void databaseRefusesToChangeWhatIsOver() throws Exception {
    JobId job = newJob();
    wire.submitted(job, Samples.spec(1));
    wire.happened(job, leased(0, 1), succeeded(0, 1, "{}"));
    awaitState(job, "COMPLETED");

    try (Tables own = service.own()) {
      assertThatThrownBy(() ->
              own.update(
                  "UPDATE aggregator.job SET state = 'RUNNING' WHERE job_id = ?", job.value()))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("COMPLETED for good");
      assertThatThrownBy(() ->
              own.update(
                  "UPDATE aggregator.task SET state = 'FAILED' WHERE job_id = ?", job.value()))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("SUCCEEDED for good");
    }
  }

  /** Every record three times, in any order within and across topics. */
  private static List<ProducerRecord<String, byte[]>> disturbed(JobId job, int count) {
    JobSpec spec = Samples.spec(count);
    List<TaskEvent> events = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      events.add(leased(index, 1));
      events.add(new TaskEvent.TaskRetrying(index, 1, 1, Samples.loss(), 10));
      events.add(leased(index, 2));
      events.add(started(index, 2));
      events.add(succeeded(index, 2, "{\"index\":" + index + "}"));
    }
    List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
    for (int copy = 0; copy < 3; copy++) {
      records.add(Wire.submission(job, spec));
      records.add(Wire.plan(job, spec));
      for (int from = 0; from < events.size(); from += 7) {
        records.add(Wire.tasks(job, events.subList(from, Math.min(events.size(), from + 7))));
      }
    }
    Collections.shuffle(records, new Random(7));
    return records;
  }

  private static void assertNumberedWithoutGap(JobId job) throws Exception {
    long version = Long.parseLong(tables.job(job, "version"));
    assertThat(tables.rows("SELECT seq FROM aggregator.job_event WHERE job_id = ?", job.value()))
        .hasSize((int) version);
    awaitThat(() -> !wire.published(job).isEmpty() && last(job).seq() == version);
    assertThat(wire.published(job).stream().map(JobEvent::seq).distinct())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, version).boxed().toList());
  }

  private static JobEvent last(JobId job) {
    return wire.published(job).getLast();
  }

  private static void awaitState(JobId job, String state) {
    awaitThat(() -> tables.job(job, "state").equals(state));
  }

  private static TaskEvent leased(int index, int attempt) {
    return new TaskEvent.TaskLeased(index, attempt, attempt, WORKER);
  }

  private static TaskEvent started(int index, int attempt) {
    return new TaskEvent.TaskStarted(index, attempt, attempt);
  }

  private static TaskEvent succeeded(int index, int attempt, String result) {
    return new TaskEvent.TaskSucceeded(index, attempt, attempt, Samples.success(result));
  }

  private static ProgressEvent output(AttemptRef attempt, long offset, String text) {
    return new ProgressEvent.OutputWritten(
        attempt,
        ProgressEvent.Stream.STDOUT,
        offset,
        text.getBytes(StandardCharsets.UTF_8).length,
        text);
  }
}
