package dev.muster.agent.output;

import java.util.Comparator;
import java.util.List;

/**
 * What of the host must not be read in an attempt's output (S2-44), and what is shown instead.
 *
 * @param rules longest text first
 */
public record Mask(List<Rule> rules) {
  /** Nothing is hidden. */
  public static final Mask NONE = new Mask(List.of());

  /** Shorter texts are too likely to be words of the user. */
  public static final int TEXT_MIN = 6;

  /**
   * One text.
   *
   * @param hidden what to look for, as it is
   * @param shown what to show for it
   * @param wholeWord whether letters and digits around it make it another text, as for names
   */
  public record Rule(String hidden, String shown, boolean wholeWord) {}

  /** Leaves out rules whose text is too short. */
  public Mask {
    rules =
        rules.stream()
            .filter(rule -> rule.hidden().length() >= TEXT_MIN)
            .distinct()
            .sorted(Comparator.comparingInt((Rule rule) -> rule.hidden().length()).reversed())
            .toList();
  }

  /** A text that is whole, with everything hidden. */
  public String applyTo(String text) {
    Masker masker = new Masker(this);
    return masker.accept(text) + masker.end();
  }
}
