package dev.muster.aggregator.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.aggregator.task.TaskDelta;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobState;
import dev.muster.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class JobDeciderEdgesTest {
  private static final Pattern EDGE = Pattern.compile("^ *([A-Z]+) --> ([A-Z]+) :.*$");

  private static final TaskDelta LEASED = new TaskDelta(1, 0, 0, 0, 0, 0, 0, true, false);
  private static final TaskDelta RUNNING = new TaskDelta(-1, 1, 0, 0, 0, 0, 0, true, true);
  private static final TaskDelta SUCCEEDED = new TaskDelta(0, -1, 1, 0, 0, 0, 0, true, true);
  private static final TaskDelta FAILED = new TaskDelta(0, -1, 0, 1, 0, 0, 0, true, true);

  @Test
  void acceptedEdgesAreThoseOfTheDiagram() throws IOException {
    Set<String> drawn = drawn();

    Set<String> accepted = new TreeSet<>();
    Seeds.forEach(4_000, random -> accepted.addAll(edges(random.nextInt(3), random.nextInt())));

    assertThat(accepted).isEqualTo(drawn);
  }

  @Test
  void drawnEdgesAreLegal() throws IOException {
    for (String edge : drawn()) {
      String[] ends = edge.split(" ", -1);
      assertThat(JobLaws.EDGES.get(JobState.valueOf(ends[0]))).contains(JobState.valueOf(ends[1]));
    }
  }

  private static Set<String> drawn() throws IOException {
    return Files.readAllLines(Path.of("README.md")).stream()
        .map(EDGE::matcher)
        .filter(m -> m.matches())
        .map(m -> m.group(1) + " " + m.group(2))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Walks a job of two tasks along the ladder, turning off where the bits say so. */
  private static Set<String> edges(int failures, int bits) {
    JobRun run = new JobRun(true);
    boolean late = bits < 0;
    List<JobCommand> ladder =
        List.of(
            new JobCommand.Submit(Samples.spec(2), Samples.NOON, 0),
            new JobCommand.Block(),
            new JobCommand.Plan(2),
            new JobCommand.RecordTasks(LEASED.plus(LEASED)),
            new JobCommand.RecordTasks(RUNNING.plus(RUNNING)),
            new JobCommand.RecordTasks(failures > (late ? 1 : 0) ? FAILED : SUCCEEDED),
            new JobCommand.RecordTasks(failures > (late ? 0 : 1) ? FAILED : SUCCEEDED),
            new JobCommand.Conclude(ErrorCode.EXIT_NONZERO));
    for (int rung = 0; rung < ladder.size(); rung++) {
      boolean skipped = ladder.get(rung) instanceof JobCommand.Block && bits < 0;
      if (skipped) {
        continue;
      }
      run.apply(ladder.get(rung));
      int turn = (bits >>> (rung * 4)) & 15;
      if (turn == 0) {
        run.apply(new JobCommand.RequestCancel(null));
      } else if (turn == 1) {
        run.apply(new JobCommand.FailPlan(new Failure(ErrorCode.INPUT_INVALID, "no")));
      } else if (turn == 4) {
        run.apply(new JobCommand.StopEarly("enough"));
      } else if (turn == 2) {
        run.apply(new JobCommand.Stop());
        run.apply(new JobCommand.Conclude(null));
      } else if (turn == 3) {
        run.apply(new JobCommand.Expire(Samples.NOON));
      }
    }
    Set<String> edges = new TreeSet<>();
    List<JobEvent> events = run.events();
    for (int i = 1; i < events.size(); i++) {
      if (events.get(i).state() != events.get(i - 1).state()) {
        edges.add(events.get(i - 1).state() + " " + events.get(i).state());
      }
    }
    return edges;
  }
}
