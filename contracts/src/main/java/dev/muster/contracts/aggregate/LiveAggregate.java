package dev.muster.contracts.aggregate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.muster.contracts.aggregate.Series.Interval;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is added up of a job, and how far its stop rules are.
 *
 * @param series each field that has a number, over all results and, of a benchmark, of each
 *     strategy
 * @param looks of each stop rule, in their order; empty before the first look
 * @param stopped the rule that ended the job; null while none did
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LiveAggregate(List<Entry> series, List<Looks> looks, @Nullable Stop stopped) {
  /** Nothing is known. */
  public static final LiveAggregate EMPTY = new LiveAggregate(List.of(), List.of(), null);

  /**
   * One series.
   *
   * @param field the field
   * @param variant the strategy; null for all results
   * @param figures its numbers
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Entry(String field, @Nullable String variant, Series figures) {}

  /**
   * How often a sequential rule was looked at. Each look costs some of the chance to miss, so looks
   * are made when the count has grown by a tenth.
   *
   * @param made looks so far
   * @param next the count that the next waits for
   */
  public record Looks(int made, long next) {}

  /**
   * Why a job was ended early.
   *
   * @param rule the place of the rule, from 0
   * @param count numbers at that moment
   * @param mean their mean then
   * @param interval of the mean, at this look, with the confidence of the rule; null for a
   *     threshold
   * @param looks how many looks there had been, this one included; 0 for a threshold
   * @param reason one sentence for people
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Stop(
      int rule, long count, double mean, @Nullable Interval interval, int looks, String reason) {}

  public LiveAggregate {
    series = List.copyOf(series);
    looks = List.copyOf(looks);
  }

  /** A series, or null when it has no number. */
  public @Nullable Series find(String field, @Nullable String variant) {
    for (Entry entry : series) {
      if (entry.field().equals(field)
          && (variant == null ? entry.variant() == null : variant.equals(entry.variant()))) {
        return entry.figures();
      }
    }
    return null;
  }

  /** The same with other series. */
  public LiveAggregate withSeries(List<Entry> others) {
    return new LiveAggregate(others, looks, stopped);
  }

  /** The same after a look at the rules. */
  public LiveAggregate looked(List<Looks> after, @Nullable Stop stop) {
    return new LiveAggregate(series, after, stop);
  }

  /** Both together; the looks are those of this one. */
  public LiveAggregate plus(List<Entry> more) {
    List<Entry> both = new ArrayList<>(series);
    for (Entry entry : more) {
      int known = 0;
      while (known < both.size() && !isSame(both.get(known), entry)) {
        known++;
      }
      if (known == both.size()) {
        both.add(entry);
      } else {
        Series sum = both.get(known).figures().plus(entry.figures());
        both.set(known, new Entry(entry.field(), entry.variant(), sum));
      }
    }
    return withSeries(both);
  }

  private static boolean isSame(Entry a, Entry b) {
    return a.field().equals(b.field())
        && (a.variant() == null ? b.variant() == null : a.variant().equals(b.variant()));
  }
}
