package dev.muster.gateway.share;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long a link lives, as users write it: {@code 45m}, {@code 12h}, {@code 7d}. */
public final class LinkLife {
  /** What a link gets whose maker says nothing. */
  public static final Duration DEFAULT = Duration.ofDays(7);

  /** Longest life; the end of retention may come before. */
  public static final Duration MAX = Duration.ofDays(30);

  /** What to say of a text that is none. */
  public static final String WORDS = "a time such as 45m, 12h or 7d, at most 30d";

  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,5})([mhd])");

  private LinkLife() {}

  /** Reads a life; empty when it is none, or longer than a link may live. */
  public static Optional<Duration> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(matcher.group(1));
    Duration life =
        switch (matcher.group(2)) {
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          default -> Duration.ofDays(number);
        };
    return life.compareTo(MAX) <= 0 ? Optional.of(life) : Optional.empty();
  }
}
