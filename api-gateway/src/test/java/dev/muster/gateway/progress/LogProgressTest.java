package dev.muster.gateway.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.testkit.Seeds;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogProgressTest {
  /**
   * The vectors of the documented parser (U4-07), and what clients may rely on (S4-08 to S4-13).
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "null",
      value = {
        "Step 1500/5000 - loss: 0.0234     | Training          | 30.0",
        "epoch 3/10                        | Training          | 30.0",
        "STEP 1 / 3                        | Training          | 33.3",
        "step 5 10                         | Training          | 50.0",
        "step: 5/10                        | Training          | null",
        "step 7/0                          | Training          | null",
        "Downloading shard 3 of 9          | Preprocessing     | null",
        "Uploading checkpoint              | Preprocessing     | null",
        "Saving checkpoint at step 500/1000 | Saving checkpoint | null",
        "Running validation at step 500/1000 | Validation      | null",
        "lr warmup step 10/100             | Warmup            | null",
        "Warming up the cache              | Warmup            | null",
        "Preprocessing images              | Preprocessing     | null",
        "invalidating cache                | Validation        | null",
        "Epoch 1/2, Step 30/100            | Training          | 30.0",
        "Epoch 2 step 30/100               | Training          | 30.0",
        "global_step 40/80                 | Training          | 50.0",
        "timestep 3/4                      | Training          | 75.0",
        "steps 3/4                         | Training          | null",
        "step 12/10                        | Training          | 100.0",
        "nothing to be seen                | null              | null",
      })
  void lineTellsStageAndProgress(String line, @Nullable String stage, @Nullable Double progress) {
    LogProgress log = LogProgress.of(line);

    assertThat(log.stage()).isEqualTo(stage);
    assertThat(log.progress()).isEqualTo(progress);
    assertThat(log.lastLog()).isEqualTo(line);
  }

  @Test
  void newestLineThatSpeaksOfAStageDecides() {
    assertThat(LogProgress.of("step 5/10\nloss 0.1"))
        .isEqualTo(new LogProgress("Training", 50.0, "loss 0.1"));
    assertThat(LogProgress.of("step 5/10\nsaving checkpoint\n").stage())
        .isEqualTo("Saving checkpoint");
  }

  @Test
  void windowIsFiftyLines() {
    assertThat(LogProgress.of("step 5/10" + "\nx".repeat(49)).progress()).isEqualTo(50.0);
    assertThat(LogProgress.of("step 5/10" + "\nx".repeat(50)).stage()).isNull();
    assertThat(LogProgress.of("step 5/10" + "\nx".repeat(49) + "\n").progress()).isEqualTo(50.0);
  }

  @Test
  void nothingWrittenIsNothingKnown() {
    assertThat(LogProgress.of(null)).isEqualTo(LogProgress.NONE);
    assertThat(LogProgress.of("\n \r\n")).isEqualTo(LogProgress.NONE);
  }

  @Test
  void lastLineIsCutToEightyCharacters() {
    assertThat(LogProgress.of("a\n" + "y".repeat(80)).lastLog()).isEqualTo("y".repeat(80));
    assertThat(LogProgress.of("y".repeat(81)).lastLog()).isEqualTo("y".repeat(77) + "...");
    assertThat(LogProgress.of("😀".repeat(81)).lastLog()).isEqualTo("😀".repeat(77) + "...");
  }

  @Test
  void progressBarThatOverwritesItselfCountsAsWhatItShows() {
    String bar = "step 1/4\rstep 2/4\rstep 3/4";

    assertThat(LogProgress.of(bar)).isEqualTo(new LogProgress("Training", 75.0, "step 3/4"));
    assertThat(LogProgress.of(bar + "\r\n").progress()).isEqualTo(75.0);
    assertThat(LogProgress.of("first\r\nstep 2/4\r\n").progress()).isEqualTo(50.0);
  }

  @Test
  void anyTextIsReadWithinTheRange() {
    String[] words = {"step ", "epoch ", "1/3", "9".repeat(400), "/", " ", "\n", "\r", "0", "é"};
    Seeds.forEach(
        500,
        random -> {
          StringBuilder text = new StringBuilder();
          for (int i = random.nextInt(200); i > 0; i--) {
            text.append(words[random.nextInt(words.length)]);
          }

          LogProgress log = LogProgress.of(text.toString());

          assertThat(log.progress() == null || log.progress() >= 0 && log.progress() <= 100)
              .isTrue();
          assertThat(log.lastLog() == null || log.lastLog().length() <= 80).isTrue();
        });
  }
}
