package dev.muster.kit;

import org.apache.commons.statistics.distribution.TDistribution;

/** Student's t distribution, for confidence intervals of means. */
public final class StudentT {
  private StudentT() {}

  /**
   * How many standard errors lie between a mean and each end of its interval.
   *
   * @param miss how often the interval may miss the true value, both ends together; above 0, below
   *     1
   * @param degrees degrees of freedom, from 1
   */
  public static double width(double miss, double degrees) {
    return TDistribution.of(degrees).inverseSurvivalProbability(miss / 2);
  }
}
