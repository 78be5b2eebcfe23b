package dev.muster.aggregator.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.aggregator.job.Samples;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.task.ProgressEvent;
import dev.muster.testkit.Seeds;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class OutputMergeTest {
  @Test
  void repeatsChangeNothing() {
    OutputState once = OutputMerge.merge(OutputState.NONE, piece(1, 0, "abc"));

    assertThat(OutputMerge.merge(once, piece(1, 0, "abc"))).isSameAs(once);
  }

  @Test
  void firstByteOfANewerEpochStartsAfreshAndAnOlderOneIsLate() {
    OutputState old = OutputMerge.merge(OutputState.NONE, piece(1, 0, "old"));

    OutputState fresh = OutputMerge.merge(old, piece(2, 0, "new"));

    assertThat(fresh.head()).isEqualTo("new");
    assertThat(fresh.attempt()).isEqualTo(2);
    assertThat(OutputMerge.merge(fresh, piece(1, 3, "late"))).isSameAs(fresh);
  }

  @Test
  void jumpIsCountedAndMarked() {
    OutputState state = OutputMerge.merge(OutputState.NONE, piece(1, 0, "abc"));

    OutputState after = OutputMerge.merge(state, piece(1, 10, "xyz"));

    assertThat(after.gaps()).isEqualTo(1);
    assertThat(after.bytes()).isEqualTo(13);
    assertThat(after.head()).isEqualTo("abc\n[... 7 bytes are missing ...]\nxyz");
  }

  @Test
  void nulIsReplaced() {
    assertThat(OutputMerge.merge(OutputState.NONE, piece(1, 0, "a\0b")).head())
        .isEqualTo("a\uFFFDb");
  }

  @Test
  void progressKeepsTheNewestDocument() {
    AttemptRef attempt = new AttemptRef(Samples.JOB, 0, 1, 1);
    OutputState one =
        OutputMerge.merge(
            OutputState.NONE, new ProgressEvent.ProgressReported(attempt, "{\"step\":1}"));

    OutputState two =
        OutputMerge.merge(one, new ProgressEvent.ProgressReported(attempt, "{\"step\":2}"));

    assertThat(two.progress()).isEqualTo("{\"step\":2}");
  }

  @Test
  void headAndTailAreTheEndsOfWhatWasWritten() {
    Seeds.forEach(
        200,
        random -> {
          StringBuilder written = new StringBuilder();
          OutputState state = OutputState.NONE;
          int pieces = random.nextInt(60);
          for (int i = 0; i < pieces; i++) {
            String text = (random.nextBoolean() ? "é🙂" : "x").repeat(1 + random.nextInt(4_000));
            state = OutputMerge.merge(state, piece(1, bytes(written.toString()), text));
            written.append(text);
          }

          String all = written.toString();
          assertThat(state.head().length()).isLessThanOrEqualTo(OutputMerge.HEAD_MAX);
          assertThat(state.tail().length()).isLessThanOrEqualTo(OutputMerge.TAIL_MAX);
          assertThat(all).startsWith(state.head()).endsWith(state.tail());
          assertThat(state.bytes()).isEqualTo(bytes(all));
          if (all.length() <= OutputMerge.HEAD_MAX) {
            assertThat(state.head()).isEqualTo(all);
          } else if (all.length() <= OutputMerge.HEAD_MAX + OutputMerge.TAIL_MAX - 1) {
            assertThat(state.head() + state.tail()).isEqualTo(all);
          }
        });
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static ProgressEvent piece(int attempt, long offset, String text) {
    return new ProgressEvent.OutputWritten(
        new AttemptRef(Samples.JOB, 0, attempt, attempt),
        ProgressEvent.Stream.STDOUT,
        offset,
        bytes(text),
        text);
  }
}
