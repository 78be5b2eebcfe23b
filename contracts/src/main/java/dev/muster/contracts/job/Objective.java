package dev.muster.contracts.job;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What results are ranked and compared by.
 *
 * @param metric a top-level field of the results that holds a number
 * @param direction which end of it is good
 */
public record Objective(String metric, Direction direction) {
  /** Which end of a metric is good. */
  public enum Direction {
    @JsonProperty("min")
    MIN,
    @JsonProperty("max")
    MAX;

    /** Whether a value is strictly better than another. */
    public boolean isBetter(double value, double than) {
      return this == MIN ? value < than : value > than;
    }
  }
}
