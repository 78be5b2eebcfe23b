package dev.muster.aggregator.shell;

import static dev.muster.aggregator.shell.Aggregation.awaitThat;
import static dev.muster.aggregator.shell.Aggregation.newJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.aggregator.job.Samples;
import dev.muster.contracts.aggregate.LiveAggregate;
import dev.muster.contracts.aggregate.Series;
import dev.muster.contracts.aggregate.Series.Extreme;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.Benchmark;
import dev.muster.contracts.job.Design;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.StopRule;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.kit.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the service adds up while tasks run, on a real broker and database. */
@SuppressWarnings("NullAway.Init")
class LiveAggregateIT {
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
  void figuresAreExactWhateverComesTwiceOutOfOrderAndThroughACrash() throws Exception {
    JobId job = newJob();
    int count = 400;
    List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      TaskEvent leased = new TaskEvent.TaskLeased(index, 1, 1, WORKER);
      TaskEvent succeeded = succeeded(index, value(index));
      for (int copies = 0; copies < 1 + index % 3; copies++) {
        records.add(Wire.tasks(job, List.of(leased, succeeded)));
      }
    }
    Collections.shuffle(records, new Random(7));
    wire.submitted(job, spec(count));
    wire.planned(job, spec(count));
    int half = records.size() / 2;

    wire.sendAll(records.subList(0, half));
    awaitThat(() -> !tables.job(job, "live").isEmpty());
    service.kill();
    wire.sendAll(records.subList(half, records.size()));
    service.restart();

    awaitState(job, "COMPLETED");
    assertThat(live(job).find("m", null)).isEqualTo(series(IntStream.range(0, count).toArray()));
    assertThat(live(job).find("m", "b"))
        .isEqualTo(series(IntStream.range(0, count).filter(index -> index % 2 == 1).toArray()));
  }

  @Test
  void figuresGrowWhileTheJobRunsAndAgreeWithItsCounts() throws Exception {
    JobId job = newJob();
    wire.submitted(job, spec(4));
    wire.planned(job, spec(4));

    wire.happened(job, leased(0), succeeded(0, value(0)), leased(1), succeeded(1, value(1)));

    awaitThat(() ->
        tables.job(job, "succeeded").equals("2") && tables.job(job, "state").equals("RUNNING"));
    assertThat(live(job).find("m", null)).isEqualTo(series(0, 1));
  }

  @Test
  void resultsThatCameBeforeTheSubmissionAreAddedWithIt() throws Exception {
    JobId job = newJob();
    wire.happened(job, leased(0), succeeded(0, value(0)), leased(1), succeeded(1, value(1)));
    awaitThat(() -> tables.job(job, "succeeded").equals("2"));

    wire.submitted(job, spec(3));
    wire.planned(job, spec(3));

    awaitState(job, "RUNNING");
    assertThat(live(job).find("m", null)).isEqualTo(series(0, 1));
  }

  @Test
  void resultsThatARetryTakesOverAreAddedToItsOwn() throws Exception {
    JobId job = newJob();
    wire.submitted(job, spec(2));
    wire.planned(job, spec(2));
    wire.happened(
        job, succeeded(0, value(0)), new TaskEvent.TaskFailed(1, 1, 1, Samples.failure(1)));
    awaitState(job, "PARTIAL");

    JobId again = newJob();
    JobSpec retry = Samples.spec(2, job, IndexRanges.closed(0, 0)).withDesign(design(List.of()));
    wire.submitted(again, retry);
    wire.planned(again, retry);
    wire.happened(again, succeeded(1, value(1)));

    awaitState(again, "COMPLETED");
    assertThat(live(again).find("m", null)).isEqualTo(series(0, 1));
  }

  @Test
  void jobWhoseRuleHoldsIsStoppedEarlyAndComplete() throws Exception {
    JobId job = newJob();
    JobSpec spec = stopping(100, 3);
    wire.submitted(job, spec);
    wire.planned(job, spec);
    TaskEvent[] three = {
      succeeded(0, value(0)), succeeded(1, value(1)), succeeded(2, value(2)), leased(3)
    };

    wire.happened(job, three);
    awaitState(job, "CANCELING");
    assertThat(tables.job(job, "shown")).isEqualTo("running");
    // One that ran meanwhile, what came before once more, and the word of the dispatcher.
    wire.happened(job, succeeded(3, value(3)));
    wire.happened(job, three);
    service.kill();
    service.restart();
    awaitThat(() -> tables.job(job, "succeeded").equals("4"));
    wire.happened(job, new TaskEvent.JobStopped());

    awaitState(job, "COMPLETED");
    assertThat(tables.job(job, "cancelled")).isEqualTo("96");
    assertThat(tables.job(job, "cancel_state")).isEmpty();
    assertThat(tables.job(job, "stop_reason"))
        .isEqualTo("The count of m over 3 results is 3, which is >= 3.");
    LiveAggregate live = live(job);
    assertThat(live.find("m", null)).isEqualTo(series(0, 1, 2, 3));
    assertThat(live.stopped()).isNotNull();
    awaitThat(() -> wire.published(job).stream().anyMatch(e -> e.state().isTerminal()));
    List<JobEvent> events = wire.published(job);
    assertThat(events)
        .extracting(event -> event.kind().name())
        .containsSubsequence("RUNNING", "CANCELING", "COMPLETED");
    JobEvent last = events.getLast();
    assertThat(last.stopReason()).isEqualTo(tables.job(job, "stop_reason"));
    assertThat(last.counts().succeeded()).isEqualTo(4);
    assertThat(last.counts().cancelled()).isEqualTo(96);
  }

  @Test
  void jobsOfOneKindAreKnownByTheirWork() throws Exception {
    JobId job = newJob();
    JobId alike = newJob();
    wire.submitted(job, spec(2));
    wire.submitted(alike, Samples.spec(500));

    awaitThat(() -> !tables.job(job, "work").isEmpty() && !tables.job(alike, "work").isEmpty());
    assertThat(tables.job(job, "work"))
        .isEqualTo(tables.job(alike, "work"))
        .matches("[0-9a-f]{24}");
  }

  private static JobSpec spec(int count) {
    return Samples.spec(count).withDesign(design(List.of()));
  }

  private static JobSpec stopping(int count, int enough) {
    return Samples.spec(count)
        .withDesign(
            design(
                List.of(
                    new StopRule(
                        "m",
                        null,
                        1,
                        new StopRule.Threshold(StopRule.Stat.COUNT, StopRule.Op.AT_LEAST, enough),
                        null))));
  }

  private static Design design(List<StopRule> rules) {
    Benchmark benchmark =
        new Benchmark(
            List.of(new Benchmark.Strategy("a", "{}"), new Benchmark.Strategy("b", "{}")),
            List.of("{}"),
            1);
    return new Design(
        null,
        benchmark,
        null,
        null,
        null,
        new dev.muster.contracts.job.Aggregation(
            List.of(new dev.muster.contracts.job.Aggregation.Field("m", null)), rules));
  }

  /** Numbers whose sum depends on the order when each step is rounded. */
  private static double value(int index) {
    return (index % 5 - 2) * 1e10 + 1.0 / (index + 1);
  }

  private static Series series(int... indexes) {
    return Series.of(
        IntStream.of(indexes).mapToObj(index -> new Extreme(value(index), index)).toList(), null);
  }

  private static TaskEvent leased(int index) {
    return new TaskEvent.TaskLeased(index, 1, 1, WORKER);
  }

  private static TaskEvent succeeded(int index, double value) {
    return new TaskEvent.TaskSucceeded(
        index, 1, 1, Samples.success("{\"m\": " + value + ", \"other\": [1]}"));
  }

  private static LiveAggregate live(JobId job) throws Exception {
    return Json.read(tables.job(job, "live"), LiveAggregate.class);
  }

  private static void awaitState(JobId job, String state) {
    awaitThat(() -> tables.job(job, "state").equals(state));
  }
}
