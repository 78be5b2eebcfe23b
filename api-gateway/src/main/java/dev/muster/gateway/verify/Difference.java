package dev.muster.gateway.verify;

import java.util.List;

/**
 * Where an aggregate and the results it is of disagree.
 *
 * @param path the figure, such as {@code fields.loss.sum}
 * @param stored what the aggregate says
 * @param recomputed what the results say
 */
public record Difference(String path, String stored, String recomputed) {
  static void exact(List<Difference> found, String path, long stored, long own) {
    if (stored != own) {
      found.add(new Difference(path, Long.toString(stored), Long.toString(own)));
    }
  }

  static void exact(List<Difference> found, String path, double stored, double own) {
    near(found, path, stored, own, 0);
  }

  static void near(List<Difference> found, String path, double stored, double own, double error) {
    // A NaN is no nearer than anything else.
    if (!(Math.abs(stored - own) <= error)) {
      found.add(new Difference(path, Double.toString(stored), Double.toString(own)));
    }
  }
}
