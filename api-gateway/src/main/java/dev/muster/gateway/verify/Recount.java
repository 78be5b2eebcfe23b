package dev.muster.gateway.verify;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts the results of a job once more, to hold its aggregate against. It shares nothing with what
 * made the aggregate, and adds exactly: the aggregate's sums are of doubles, rounded at each step.
 * It follows the fields that the aggregate names, and notes the first few that it does not.
 */
public final class Recount {
  /** Fields that are noted although the aggregate does not name them. */
  private static final int FOREIGN_MAX = 16;

  private final Stored stored;
  private final @Nullable SeriesRecount series;
  private final SortedMap<String, Numbers> numbers = new TreeMap<>();
  private final SortedMap<String, Flags> flags = new TreeMap<>();
  private final PriorityQueue<Rank> worstFirst;

  /**
   * The numbers of a field.
   *
   * @param sum exactly
   * @param size their absolute values added: what rounding is measured by
   */
  private record Numbers(long count, BigDecimal sum, double size, double min, double max) {
    static final Numbers NONE =
        new Numbers(0, BigDecimal.ZERO, 0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);

    Numbers plus(double value) {
      return new Numbers(
          count + 1,
          sum.add(new BigDecimal(value)),
          size + Math.abs(value),
          Math.min(min, value),
          Math.max(max, value));
    }
  }

  private record Flags(long trues, long falses) {}

  /**
   * A line of a leaderboard.
   *
   * @param index the task
   * @param value its metric
   */
  public record Rank(int index, double value) {}

  /** Begins to count for an aggregate. */
  public Recount(Stored stored) {
    this(stored, null);
  }

  /**
   * Begins to count for an aggregate.
   *
   * @param series counts what was followed while the job ran; null where nothing was
   */
  public Recount(Stored stored, @Nullable SeriesRecount series) {
    this.stored = stored;
    this.series = series;
    this.worstFirst = new PriorityQueue<>(best().reversed());
  }

  private Comparator<Rank> best() {
    Comparator<Rank> least = Comparator.comparingDouble(Rank::value);
    return (stored.ascending() ? least : least.reversed()).thenComparingInt(Rank::index);
  }

  /** A result has a number in this field. */
  public void number(int index, String field, double value) {
    if (!Double.isFinite(value)) {
      return;
    }
    if (series != null) {
      series.number(index, field, value);
    }
    if (follows(field, numbers)) {
      numbers.put(field, numbers.getOrDefault(field, Numbers.NONE).plus(value));
    }
    if (field.equals(stored.metric())) {
      worstFirst.add(new Rank(index, value));
      if (worstFirst.size() > stored.leaderboard().size() + 1) {
        worstFirst.poll();
      }
    }
  }

  /** A result has a boolean in this field. */
  public void flag(String field, boolean value) {
    if (follows(field, flags)) {
      Flags before = flags.getOrDefault(field, new Flags(0, 0));
      flags.put(
          field, new Flags(before.trues() + (value ? 1 : 0), before.falses() + (value ? 0 : 1)));
    }
  }

  private boolean follows(String field, SortedMap<String, ?> seen) {
    return stored.fields().containsKey(field)
        || seen.containsKey(field)
        || (!stored.truncated() && seen.size() < stored.fields().size() + FOREIGN_MAX);
  }

  /**
   * What the aggregate says that the results do not; empty when it is true.
   *
   * @param results how many results there are
   * @param succeeded how many tasks succeeded
   * @param counted how many did by the job's counts
   */
  public List<Difference> differences(long results, long succeeded, long counted) {
    List<Difference> found = new ArrayList<>();
    Difference.exact(found, "count", stored.count(), results);
    Difference.exact(found, "counts.succeeded", counted, succeeded);
    TreeMap<String, Stored.Field> named = new TreeMap<>(stored.fields());
    numbers.keySet().forEach(field -> named.putIfAbsent(field, Stored.Field.ABSENT));
    flags.keySet().forEach(field -> named.putIfAbsent(field, Stored.Field.ABSENT));
    named.forEach((name, field) -> compare(found, "fields." + name, name, field));
    leaderboard(found);
    if (series != null) {
      found.addAll(series.differences());
    }
    return List.copyOf(found);
  }

  private void compare(List<Difference> found, String path, String name, Stored.Field field) {
    Flags flag = flags.getOrDefault(name, new Flags(0, 0));
    Difference.exact(found, path + ".true", field.trues(), flag.trues());
    Difference.exact(found, path + ".false", field.falses(), flag.falses());
    Numbers own = numbers.getOrDefault(name, Numbers.NONE);
    Difference.exact(found, path + ".count", field.count(), own.count());
    if (own.count() == 0 || field.count() == 0) {
      return;
    }
    Difference.exact(found, path + ".min", field.min(), own.min());
    Difference.exact(found, path + ".max", field.max(), own.max());
    // Each of n additions rounds by at most half a unit in the last place of what is added up
    // (Higham, Accuracy and Stability of Numerical Algorithms, 4.2); twice that, to be safe.
    double sumError = own.count() * Math.ulp(1.0) * own.size();
    Difference.near(found, path + ".sum", field.sum(), own.sum().doubleValue(), sumError);
    double mean = own.sum().doubleValue() / own.count();
    double meanError = sumError / own.count() + Math.ulp(mean);
    Difference.near(found, path + ".mean", field.mean(), mean, meanError);
  }

  private void leaderboard(List<Difference> found) {
    List<Rank> ranked = new ArrayList<>(worstFirst);
    ranked.sort(best());
    List<Rank> told = stored.leaderboard();
    for (int i = 0; i < told.size(); i++) {
      @Nullable Rank own = i < ranked.size() ? ranked.get(i) : null;
      // Numbers are compared, not their bits: a negative zero is stored as zero.
      if (own == null || told.get(i).index() != own.index() || told.get(i).value() != own.value()) {
        found.add(
            new Difference("leaderboard[" + i + "]", told.get(i).toString(), String.valueOf(own)));
      }
    }
    if (told.size() < Stored.RANKED_MAX && ranked.size() > told.size()) {
      found.add(
          new Difference(
              "leaderboard[" + told.size() + "]", "null", ranked.get(told.size()).toString()));
    }
  }
}
