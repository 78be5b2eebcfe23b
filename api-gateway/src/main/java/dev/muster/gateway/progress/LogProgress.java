package dev.muster.gateway.progress;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How far a command is, read from the end of its output (S4-02 to S4-13, K-09): the newest of the
 * last {@value #LINES_MAX} lines that speaks of a stage decides. It is what a person would read
 * there, no measurement; the share of finished tasks is another figure.
 *
 * @param stage a word of {@link Stage}, or null when no line speaks of one
 * @param progress percent from 0 to 100 with one decimal, or null; only in {@link Stage#TRAINING}
 * @param lastLog the last line that is not blank, cut to 80 characters, or null
 */
public record LogProgress(
    @Nullable String stage, @Nullable Double progress, @Nullable String lastLog) {
  /** Nothing is known. */
  public static final LogProgress NONE = new LogProgress(null, null, null);

  /** Where the figures come from, as {@code progress_source} says it. */
  public static final String SOURCE = "log";

  private static final int LINES_MAX = 50;
  private static final int LAST_LOG_MAX = 80;
  private static final String CUT = "...";
  private static final double PERCENT = 100;
  private static final List<Pattern> COUNTS = List.of(counts("step"), counts("epoch"));

  private static Pattern counts(String word) {
    return Pattern.compile(word + "\\s+(\\d+)[/\\s]+(\\d+)", Pattern.CASE_INSENSITIVE);
  }

  /**
   * Reads the end of an output.
   *
   * @param tail the last characters, at least the last 50 lines of usual length; a progress bar
   *     that overwrites itself with carriage returns counts as the line it shows
   */
  public static LogProgress of(@Nullable String tail) {
    if (tail == null || tail.isBlank()) {
      return NONE;
    }
    List<String> lines = List.of(tail.stripTrailing().split("\n", -1));
    List<String> window = lines.subList(Math.max(0, lines.size() - LINES_MAX), lines.size());
    for (String line : window.reversed()) {
      String shown = shown(line);
      Optional<Stage> stage = Stage.of(shown);
      if (stage.isPresent()) {
        return new LogProgress(
            stage.get().word(),
            stage.get() == Stage.TRAINING ? percent(shown) : null,
            cut(shown(window.getLast())));
      }
    }
    return new LogProgress(null, null, cut(shown(window.getLast())));
  }

  /** What a terminal shows of a line: what follows its last carriage return. */
  private static String shown(String line) {
    String whole = line.strip();
    return whole.substring(whole.lastIndexOf('\r') + 1);
  }

  /** The first pair of numbers behind {@code step}, or else behind {@code epoch}. */
  private static @Nullable Double percent(String line) {
    for (Pattern pattern : COUNTS) {
      Matcher matcher = pattern.matcher(line);
      if (matcher.find()) {
        double done = Double.parseDouble(matcher.group(1));
        double total = Double.parseDouble(matcher.group(2));
        return total > 0 && Double.isFinite(done / total) ? rounded(done / total) : null;
      }
    }
    return null;
  }

  /** One decimal, half to even, as the documented examples have it; never beyond 100. */
  private static double rounded(double share) {
    return new BigDecimal(Math.min(share * PERCENT, PERCENT))
        .setScale(1, RoundingMode.HALF_EVEN)
        .doubleValue();
  }

  /** Counts code points, so that no character is cut apart. */
  private static String cut(String line) {
    return line.codePointCount(0, line.length()) <= LAST_LOG_MAX
        ? line
        : line.substring(0, line.offsetByCodePoints(0, LAST_LOG_MAX - CUT.length())) + CUT;
  }
}
