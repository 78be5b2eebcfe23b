package dev.muster.gateway.progress;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The stages of a training run that its log tells (S4-05, S4-08 to S4-12), in the order in which a
 * line is tried (U4-07).
 */
public enum Stage {
  PREPROCESSING("Preprocessing", "preprocessing", "loading"),
  WARMUP("Warmup", "warming up", "warmup"),
  SAVING_CHECKPOINT("Saving checkpoint", "checkpoint"),
  VALIDATION("Validation", "validat"),
  TRAINING("Training", "step", "epoch");

  private final String word;
  private final List<String> signs;

  Stage(String word, String... signs) {
    this.word = word;
    this.signs = List.of(signs);
  }

  /** The word of the API. */
  public String word() {
    return word;
  }

  /** The first stage that a line speaks of, in upper or lower case. */
  static Optional<Stage> of(String line) {
    String lower = line.toLowerCase(Locale.ROOT);
    for (Stage stage : values()) {
      if (stage.signs.stream().anyMatch(lower::contains)) {
        return Optional.of(stage);
      }
    }
    return Optional.empty();
  }
}
