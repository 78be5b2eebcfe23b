package dev.muster.dispatcher.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.job.RetryPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The diagram in the README lists exactly the edges that are accepted. */
class TaskDiagramTest {
  private static final Pattern EDGE = Pattern.compile("(\\w+)\\s+-(\\w+)->\\s+(\\w+)");

  @Test
  void diagramListsTheEdgesThatAreAccepted() throws IOException {
    TreeSet<String> drawn = new TreeSet<>();
    Matcher matcher = EDGE.matcher(Files.readString(Path.of("README.md")));
    while (matcher.find()) {
      drawn.add(matcher.group(1) + " " + matcher.group(2) + " " + matcher.group(3));
    }

    assertThat(accepted()).isEqualTo(drawn);
  }

  private static Set<String> accepted() {
    TreeSet<String> edges = new TreeSet<>();
    SplittableRandom random = new SplittableRandom(1);
    for (int history = 0; history < 20_000; history++) {
      RetryPolicy policy = TaskSamples.policy(random.nextInt(4), random.nextInt(4));
      TaskState state = new TaskState.Ready(Tally.NONE);
      Instant now = TaskSamples.NOW;
      for (int i = 0; i < 40 && !state.isTerminal(); i++) {
        now = now.plusSeconds(random.nextInt(60));
        TaskCommand command = TaskSamples.command(random, state.tally().epoch(), policy);
        if (TaskDecider.decide(state, command, now) instanceof Decision.Accepted accepted) {
          TaskState next = TaskDecider.evolve(state, accepted.changes());
          edges.add(name(state) + " " + name(command) + " " + name(next));
          state = next;
        }
      }
    }
    return edges;
  }

  private static String name(Object value) {
    return value.getClass().getSimpleName();
  }
}
