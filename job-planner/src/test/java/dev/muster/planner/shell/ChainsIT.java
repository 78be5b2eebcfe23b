package dev.muster.planner.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.Dependencies;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.FanOut;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.ParentEnd;
import dev.muster.contracts.job.SubmissionEvent;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.kit.Database;
import dev.muster.planner.plan.Specs;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Jobs that wait for others. */
@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "planner"))
class ChainsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final JobSpec ALONE = Specs.spec(FanOut.NONE, 0, IndexRanges.EMPTY);

  @ConfigProperty(name = "kafka.bootstrap.servers")
  String bootstrapServers;

  @Inject Database database;

  private Wire wire;

  @BeforeEach
  void openWire() {
    wire = new Wire(bootstrapServers);
  }

  @AfterEach
  void closeWire() {
    wire.close();
  }

  @Test
  void childIsBlockedAndPlannedWhenItsParentHasCompleted() {
    JobId parent = newJob();
    JobId child = newJob();
    wire.submit(child, after(parent));
    await().atMost(PATIENCE).until(() -> wire.said(child).size() == 1);
    assertThat(wire.said(child)).containsExactly(new PlanEvent.JobBlocked(child, List.of(parent)));
    assertThat(state(child)).isEqualTo("WAITING");

    end(parent, JobState.COMPLETED);
    end(parent, JobState.COMPLETED);

    awaitPlannedOnce(child);
    assertThat(edges(child)).isZero();
  }

  @Test
  void parentThatEndedBeforeItsChildWasReadIsNotWaitedFor() {
    JobId parent = newJob();
    end(parent, JobState.COMPLETED);
    await().atMost(PATIENCE).until(() -> "CLOSED".equals(state(parent)));

    JobId child = newJob();
    wire.submit(child, after(parent));

    awaitPlannedOnce(child);
  }

  @Test
  void parentWhoseEndTheSubmissionTellsNeedsNoMark() {
    JobId child = newJob();
    JobId parent = newJob();

    wire.send(
        child,
        new SubmissionEvent.JobSubmitted(
            child,
            after(parent),
            Instant.EPOCH,
            null,
            null,
            0,
            List.of(new ParentEnd(parent, JobState.COMPLETED))));

    awaitPlannedOnce(child);
    assertThat(wire.said(child)).noneMatch(PlanEvent.JobBlocked.class::isInstance);
  }

  @Test
  void childOfAParentThatDidNotCompleteFailsAndNamesIt() {
    for (JobState end :
        List.of(JobState.PARTIAL, JobState.FAILED, JobState.CANCELLED, JobState.EXPIRED)) {
      JobId parent = newJob();
      JobId child = newJob();
      wire.submit(child, after(parent, newJob()));

      end(parent, end);

      await()
          .atMost(PATIENCE)
          .until(() -> wire.said(child).stream().anyMatch(PlanEvent.PlanFailed.class::isInstance));
      PlanEvent.PlanFailed failed = (PlanEvent.PlanFailed) wire.said(child).getLast();
      assertThat(failed.errorCode()).isEqualTo(ErrorCode.DEPENDENCY_FAILED);
      assertThat(failed.detail()).contains(parent.external(), end.name());
      assertThat(edges(child)).isZero();
    }
  }

  @Test
  void partialParentIsEnoughWhereThePolicySaysSo() {
    JobId parent = newJob();
    JobId child = newJob();
    wire.submit(
        child,
        ALONE.withDependsOn(new Dependencies(List.of(parent), Dependencies.Policy.ALLOW_PARTIAL)));

    end(parent, JobState.PARTIAL);

    awaitPlannedOnce(child);
  }

  @Test
  void hundredParentsInAnyOrderReleaseTheirChildOnce() {
    List<JobId> parents = jobs(100);
    JobId child = newJob();
    List<JobId> ends = new java.util.ArrayList<>(parents);
    ends.addAll(parents.subList(0, 50));
    Collections.shuffle(ends);
    ends.subList(0, 70).forEach(parent -> end(parent, JobState.COMPLETED));
    wire.submit(child, after(parents.toArray(JobId[]::new)));
    wire.submit(child, after(parents.toArray(JobId[]::new)));
    ends.subList(70, ends.size()).forEach(parent -> end(parent, JobState.COMPLETED));

    awaitPlannedOnce(child);
  }

  @Test
  void hundredChildrenOfOneParentAreAllReleased() {
    JobId parent = newJob();
    List<JobId> children = jobs(100);
    children.forEach(child -> wire.submit(child, after(parent)));

    end(parent, JobState.COMPLETED);

    children.forEach(this::awaitPlannedOnce);
  }

  @Test
  void chainOfFiftyRunsLinkByLinkThoughItIsSubmittedBackwards() {
    List<JobId> chain = jobs(50);
    for (int i = 49; i > 0; i--) {
      wire.submit(chain.get(i), after(chain.get(i - 1)));
    }
    wire.submit(chain.getFirst(), ALONE);

    for (int i = 0; i < 50; i++) {
      awaitPlannedOnce(chain.get(i));
      if (i < 49) {
        assertThat(wire.planned(chain.get(i + 1))).isZero();
      }
      end(chain.get(i), JobState.COMPLETED);
    }
  }

  @Test
  void lastJobOfADiamondWaitsForBothSides() {
    JobId top = newJob();
    JobId left = newJob();
    JobId right = newJob();
    JobId bottom = newJob();
    wire.submit(bottom, after(left, right));
    wire.submit(left, after(top));
    wire.submit(right, after(top));
    end(top, JobState.COMPLETED);
    awaitPlannedOnce(left);
    awaitPlannedOnce(right);

    end(right, JobState.COMPLETED);
    await().atMost(PATIENCE).until(() -> edges(bottom) == 1);
    assertThat(wire.planned(bottom)).isZero();
    end(left, JobState.COMPLETED);

    awaitPlannedOnce(bottom);
  }

  @Test
  void cancelledChildIsNotPlannedWhenItsParentCompletes() {
    JobId parent = newJob();
    JobId child = newJob();
    JobId sibling = newJob();
    wire.submit(child, after(parent));
    await().atMost(PATIENCE).until(() -> "WAITING".equals(state(child)));
    wire.jobEvent(child, JobEvent.Kind.CANCELING, JobState.CANCELING);
    await().atMost(PATIENCE).until(() -> "CLOSED".equals(state(child)));

    wire.submit(sibling, after(parent));
    end(parent, JobState.COMPLETED);

    awaitPlannedOnce(sibling);
    assertThat(wire.planned(child)).isZero();
    assertThat(edges(child)).isZero();
  }

  @Test
  void itemsThatComeWhileTheJobWaitsArePlannedWithIt() {
    JobId parent = newJob();
    JobId child = newJob();
    JobSpec spec =
        Specs.spec(new FanOut(FanOut.Shape.ITEMS, null, 4_000, 0), 0, IndexRanges.EMPTY)
            .withDependsOn(new Dependencies(List.of(parent), Dependencies.Policy.COMPLETED));
    wire.send(child, items(child, 7, 0));
    wire.submit(child, spec);
    IntStream.range(0, 39).forEach(chunk -> wire.send(child, items(child, chunk, 0)));
    await().atMost(PATIENCE).until(() -> "0-38".equals(chunks(child)));

    end(parent, JobState.COMPLETED);

    await().atMost(PATIENCE).until(() -> wire.planned(child) == 3_900);
    wire.send(child, items(child, 39, 0));
    await().atMost(PATIENCE).until(() -> "PLANNED".equals(state(child)));
    await().atMost(PATIENCE).until(() -> wire.planned(child) == 4_000);
    assertThat(count("SELECT count(*) FROM planner.parked_chunk WHERE job_id = $1", child))
        .isZero();
  }

  @Test
  void waitingJobThatIsSentAgainIsBlockedAgainAndPlannedOnce() {
    JobId parent = newJob();
    JobId child = newJob();
    wire.submit(child, after(parent));
    await().atMost(PATIENCE).until(() -> wire.said(child).size() == 1);

    wire.send(
        child,
        new SubmissionEvent.JobSubmitted(child, after(parent), Instant.EPOCH, null, null, 1));

    await().atMost(PATIENCE).until(() -> wire.said(child).size() == 2);
    end(parent, JobState.COMPLETED);
    awaitPlannedOnce(child);
  }

  @Test
  void refusalIsSaidAgainWhenTheJobIsSentAgain() {
    JobId parent = newJob();
    JobId child = newJob();
    end(parent, JobState.FAILED);
    wire.submit(child, after(parent));
    await().atMost(PATIENCE).until(() -> "REFUSED".equals(state(child)));

    wire.send(
        child,
        new SubmissionEvent.JobSubmitted(
            child,
            after(parent),
            Instant.EPOCH,
            null,
            null,
            1,
            List.of(new ParentEnd(parent, JobState.FAILED))));

    await()
        .atMost(PATIENCE)
        .until(() ->
            wire.said(child).stream().filter(PlanEvent.PlanFailed.class::isInstance).count() == 2);
  }

  private void awaitPlannedOnce(JobId job) {
    await().atMost(PATIENCE).until(() -> wire.planned(job) >= 1);
    assertThat(wire.planned(job)).isEqualTo(1);
    assertThat(state(job)).isEqualTo("PLANNED");
  }

  private void end(JobId job, JobState state) {
    wire.jobEvent(job, JobEvent.Kind.valueOf(state.name()), state);
  }

  private static JobSpec after(JobId... parents) {
    return ALONE.withDependsOn(new Dependencies(List.of(parents), Dependencies.Policy.COMPLETED));
  }

  private static SubmissionEvent.JobItemsListed items(JobId job, int chunk, int sending) {
    int first = chunk * 100;
    return new SubmissionEvent.JobItemsListed(
        job,
        chunk,
        first,
        IntStream.range(first, first + 100).mapToObj(Specs::item).toList(),
        sending);
  }

  private static List<JobId> jobs(int count) {
    return IntStream.range(0, count).mapToObj(i -> newJob()).toList();
  }

  private static JobId newJob() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return JobId.of(System.currentTimeMillis(), random.nextLong(), random.nextLong());
  }

  private String state(JobId job) {
    return text("SELECT state FROM planner.plan WHERE job_id = $1", job);
  }

  private String chunks(JobId job) {
    return text("SELECT chunks FROM planner.plan WHERE job_id = $1", job);
  }

  private long edges(JobId child) {
    return count("SELECT count(*) FROM planner.edge WHERE child_id = $1", child);
  }

  private String text(String sql, JobId job) {
    return database.transaction(tx ->
        tx.query(sql, job.value()).stream()
            .map(row -> row.getString(0))
            .findFirst()
            .orElse("UNKNOWN"));
  }

  private long count(String sql, JobId job) {
    return database.transaction(tx -> tx.query(sql, job.value()).iterator().next().getLong(0));
  }
}
