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
  void progressOfANewerAttemptLeavesTheOutputOfTheFailedOne() {
    OutputState failed = OutputMerge.merge(OutputState.NONE, piece(1, 0, "failed"));

    OutputState progressed =
        OutputMerge.merge(
            failed, new ProgressEvent.ProgressReported(new AttemptRef(Samples.JOB, 0, 2, 2), "{}"));
    OutputState fresh = OutputMerge.merge(progressed, piece(2, 0, "new"));

    assertThat(progressed.head()).isEqualTo("failed");
    assertThat(progressed.epoch()).isEqualTo(1);
    assertThat(progressed.progressEpoch()).isEqualTo(2);
    assertThat(fresh.head()).isEqualTo("new");
    assertThat(fresh.progress()).isEqualTo("{}");
    assertThat(
            OutputMerge.merge(
                fresh,
                new ProgressEvent.ProgressReported(new AttemptRef(Samples.JOB, 0, 1, 1), "{1}")))
        .isSameAs(fresh);
  }

  @Test
  void samePiecesGiveTheSameTextHoweverTheyAreCut() {
    Seeds.forEach(
        100,
        random -> {
          String all = "a漢🙂\n".repeat(random.nextInt(80_000));
          OutputState whole = OutputMerge.merge(OutputState.NONE, piece(1, 0, all));

          OutputState state = OutputState.NONE;
          int at = 0;
          while (at < all.length()) {
            int to = Math.min(all.length(), at + random.nextInt(1, 30_000));
            to = to < all.length() && Character.isLowSurrogate(all.charAt(to)) ? to + 1 : to;
            ProgressEvent piece = piece(1, state.bytes(), all.substring(at, to));
            state = OutputMerge.merge(state, piece);
            at = to;
          }

          assertThat(state).isEqualTo(all.isEmpty() ? OutputState.NONE : whole);
        });
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
          assertThat(state.head().length() + state.cut() + state.tail().length())
              .isEqualTo(all.length());
          if (all.length() <= OutputMerge.HEAD_MAX) {
            assertThat(state.head()).isEqualTo(all);
          } else if (all.length() <= OutputMerge.HEAD_MAX + OutputMerge.TAIL_MAX - 1) {
            assertThat(state.head() + state.tail()).isEqualTo(all);
          }
        });
  }

  @Test
  void whatWasWrittenToStandardErrorIsKnownHoweverThePiecesWereCut() {
    Seeds.forEach(
        200,
        random -> {
          StringBuilder all = new StringBuilder();
          OutputState state = OutputState.NONE;
          int pieces = random.nextInt(60);
          for (int i = 0; i < pieces; i++) {
            boolean error = random.nextInt(3) == 0;
            String text = (error ? "e" : "o").repeat(1 + random.nextInt(4_000));
            state =
                OutputMerge.merge(
                    state,
                    new ProgressEvent.OutputWritten(
                        new AttemptRef(Samples.JOB, 0, 1, 1),
                        error ? ProgressEvent.Stream.STDERR : ProgressEvent.Stream.STDOUT,
                        all.length(),
                        text.length(),
                        text));
            all.append(text);
          }

          assertThat(part(state.head(), state.headErrors())).matches("e*");
          assertThat(part(state.tail(), state.tailErrors())).matches("e*");
          assertThat(errors(state.head()) + errors(state.tail()))
              .isEqualTo(
                  part(state.head(), state.headErrors()).length()
                      + part(state.tail(), state.tailErrors()).length());
          assertThat(spans(state.headErrors()) + spans(state.tailErrors()))
              .as("ranges that touch are one")
              .isLessThanOrEqualTo(pieces / 2 + 2);
        });
  }

  private static long errors(String text) {
    return text.chars().filter(c -> c == 'e').count();
  }

  private static int spans(String spans) {
    return spans.isEmpty() ? 0 : spans.split(",", -1).length;
  }

  private static String part(String text, String spans) {
    StringBuilder part = new StringBuilder();
    for (String span : spans.isEmpty() ? new String[0] : spans.split(",", -1)) {
      String[] numbers = span.split("\\+", -1);
      int from = Integer.parseInt(numbers[0]);
      part.append(text, from, from + Integer.parseInt(numbers[1]));
    }
    return part.toString();
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
