package dev.muster.contracts.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The points that a sweep visits (S2-09), one task each. Which values a point has follows from its
 * index alone, so that planning twice plans the same.
 *
 * @param method how points come about
 * @param axes what varies, in the order of the submission; empty for {@code LIST}
 * @param points {@code LIST}: the points as JSON objects; else empty
 * @param count number of points, 1 to 100,000
 * @param seed {@code RANDOM}: what its draws start from; else 0
 */
public record Sweep(Method method, List<Axis> axes, List<String> points, int count, long seed) {
  /** How the points of a sweep come about. */
  public enum Method {
    /** Every combination of the values; the last axis varies fastest. */
    @JsonProperty("grid")
    GRID,
    /** Each point draws a value from each axis. */
    @JsonProperty("random")
    RANDOM,
    /** The points are listed. */
    @JsonProperty("list")
    LIST
  }

  /**
   * Something that varies.
   *
   * @param path where the value stands in the payload: the names from the top down, at least one
   * @param values JSON texts to choose from; empty when values are drawn
   * @param draw a distribution, for {@code RANDOM}
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Axis(List<String> path, List<String> values, @Nullable Draw draw) {
    public Axis {
      path = List.copyOf(path);
      values = List.copyOf(values);
      if (path.isEmpty() || values.isEmpty() == (draw == null)) {
        throw new IllegalArgumentException("Expected an axis with a path, and values or a draw");
      }
    }
  }

  /**
   * A distribution of numbers.
   *
   * @param law which
   * @param low the least value
   * @param high {@code INTEGERS}: the greatest value; else the bound that is never exceeded
   */
  public record Draw(Law law, double low, double high) {}

  /** The distributions. */
  public enum Law {
    /** Evenly between the bounds. */
    @JsonProperty("uniform")
    UNIFORM,
    /** The logarithm is spread evenly; both bounds are above 0. */
    @JsonProperty("log_uniform")
    LOG_UNIFORM,
    /** Whole numbers, both bounds among them. */
    @JsonProperty("integers")
    INTEGERS
  }

  public Sweep {
    axes = List.copyOf(axes);
    points = List.copyOf(points);
    if (count < 1 || (method == Method.LIST ? points.size() != count : axes.isEmpty())) {
      throw new IllegalArgumentException("Expected " + count + " points of a sweep by " + method);
    }
  }
}
