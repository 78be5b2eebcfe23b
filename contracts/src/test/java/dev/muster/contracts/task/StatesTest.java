package dev.muster.contracts.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.TaskCounts;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StatesTest {
  @Test
  void nonTerminalJobStatesHaveARankOfTheirOwn() {
    assertThat(Arrays.stream(JobState.values()).filter(s -> !s.isTerminal()).map(JobState::rank))
        .doesNotHaveDuplicates()
        .isSorted();
  }

  @Test
  void jobStatesAreShownInTheWordsOfTheNativeApi() {
    Set<String> words =
        Set.of("planning", "queued", "running", "completed", "partial", "failed", "cancelled");
    for (JobState state : JobState.values()) {
      assertThat(state.nativeWord("queued")).isIn(words);
    }
    assertThat(JobState.CANCELING.nativeWord("running")).isEqualTo("running");
  }

  @Test
  void taskStatesThatEndAreTerminal() {
    assertThat(Arrays.stream(TaskState.values()).filter(TaskState::isTerminal))
        .containsExactly(
            TaskState.SUCCEEDED, TaskState.FAILED, TaskState.CANCELLED, TaskState.SKIPPED);
  }

  @Test
  void countsAddUp() {
    TaskCounts counts = new TaskCounts(10, 1, 2, 3, 1, 1);

    assertThat(counts.finished()).isEqualTo(5);
    assertThat(counts.pending()).isEqualTo(2);
  }

  @Test
  void everyErrorCodeSaysWhatToDo() {
    for (ErrorCode code : ErrorCode.values()) {
      assertThat(code.recommendedAction()).endsWith(".");
      assertThat(code.word()).matches("[a-z_]+");
    }
  }
}
