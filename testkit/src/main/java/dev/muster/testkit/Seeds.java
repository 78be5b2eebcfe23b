package dev.muster.testkit;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Repeatable randomness. {@code SEED=n} in the environment, or {@code -DSEED=n}, repeats one run; a
 * failure says which.
 */
public final class Seeds {
  private Seeds() {}

  /** A body that draws all its randomness from its argument. */
  @FunctionalInterface
  public interface Body {
    /** Runs once; throws to fail. */
    void run(SplittableRandom random) throws Exception;
  }

  /**
   * Runs the body with many seeds, or only with the one that was asked for. The seeds are the same
   * in each build, so that a build that was green stays green.
   *
   * @param runs how many seeds
   * @throws AssertionError when a run fails; it names the seed
   */
  public static void forEach(int runs, Body body) {
    String asked = asked();
    if (asked != null) {
      run(Long.parseLong(asked), body);
      return;
    }
    for (long seed = 1; seed <= runs; seed++) {
      run(seed, body);
    }
  }

  private static void run(long seed, Body body) {
    try {
      body.run(new SplittableRandom(seed));
    } catch (Exception | AssertionError e) {
      throw new AssertionError("failed with SEED=" + seed + ": " + e.getMessage(), e);
    }
  }

  private static @Nullable String asked() {
    String property = System.getProperty("SEED");
    return property != null ? property : System.getenv("SEED");
  }
}
