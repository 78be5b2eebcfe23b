package dev.muster.gateway.verify;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The aggregate of a job as it is stored, as far as it is verified.
 *
 * @param count results
 * @param fields top-level fields of the results, by name
 * @param truncated whether results have fields that it does not name
 * @param metric the field that ranks; null where nothing is ranked
 * @param ascending whether the least is the best
 * @param leaderboard the best results, best first
 */
public record Stored(
    long count,
    Map<String, Field> fields,
    boolean truncated,
    @Nullable String metric,
    boolean ascending,
    List<Recount.Rank> leaderboard) {
  /** Longest leaderboard. */
  public static final int RANKED_MAX = 100;

  /**
   * One field.
   *
   * @param count results with a number in it; the figures of numbers say nothing where it is 0
   * @param trues results in which it is true
   * @param falses results in which it is false
   */
  public record Field(
      long count, double mean, double min, double max, double sum, long trues, long falses) {
    /** A field that the aggregate does not name. */
    public static final Field ABSENT = new Field(0, 0, 0, 0, 0, 0, 0);
  }

  public Stored {
    fields = Map.copyOf(fields);
    leaderboard = List.copyOf(leaderboard);
  }
}
