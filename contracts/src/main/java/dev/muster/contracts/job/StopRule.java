package dev.muster.contracts.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * A condition on what was added up so far; when it holds, the rest of the job is cancelled and the
 * job is complete. Exactly one of {@code threshold} and {@code sequential} is there.
 *
 * @param metric the field it is about, one that is followed
 * @param variant the strategy whose results it is about; null for all results
 * @param minCount how many numbers there must be before it is looked at, from 1; from 2 with {@code
 *     sequential}
 * @param threshold a figure passes a value
 * @param sequential the mean is known well enough
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StopRule(
    String metric,
    @Nullable String variant,
    int minCount,
    @Nullable Threshold threshold,
    @Nullable Sequential sequential) {
  /**
   * A figure passes a value.
   *
   * @param stat the figure
   * @param op how it is compared
   * @param value with what
   */
  public record Threshold(Stat stat, Op op, double value) {}

  /**
   * The interval of the mean says enough. It holds at every look together with the stated
   * confidence, however often it is looked at.
   *
   * @param confidence how often all looks together hold the true mean, above 0.5, below 1
   * @param width enough is known when the interval is narrower; null for no such bound
   * @param excludes enough is known when the interval does not hold this value; null for none
   * @param within bounds that every value keeps; then the interval holds whatever the values'
   *     distribution is. Null: the values, or their means, are taken to be about normal
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Sequential(
      double confidence,
      @Nullable Double width,
      @Nullable Double excludes,
      @Nullable Bounds within) {}

  /**
   * Bounds of values, both of which may occur.
   *
   * @param low the least
   * @param high the greatest, above {@code low}
   */
  public record Bounds(double low, double high) {}

  /** A figure of a field. */
  public enum Stat {
    @JsonProperty("count")
    COUNT,
    @JsonProperty("mean")
    MEAN,
    @JsonProperty("min")
    MIN,
    @JsonProperty("max")
    MAX,
    @JsonProperty("sum")
    SUM
  }

  /** A comparison; the words are those of the submission. */
  public enum Op {
    @JsonProperty("<")
    BELOW("<"),
    @JsonProperty("<=")
    AT_MOST("<="),
    @JsonProperty(">")
    ABOVE(">"),
    @JsonProperty(">=")
    AT_LEAST(">=");

    private final String sign;

    Op(String sign) {
      this.sign = sign;
    }

    /** The sign that stands for it. */
    public String sign() {
      return sign;
    }

    /** Whether it holds. */
    public boolean holds(double left, double right) {
      return switch (this) {
        case BELOW -> left < right;
        case AT_MOST -> left <= right;
        case ABOVE -> left > right;
        case AT_LEAST -> left >= right;
      };
    }
  }

  public StopRule {
    if ((threshold == null) == (sequential == null) || minCount < (sequential == null ? 1 : 2)) {
      throw new IllegalArgumentException(
          "Expected a threshold or a sequential rule with enough results, but got "
              + threshold
              + ", "
              + sequential
              + " and "
              + minCount);
    }
  }
}
