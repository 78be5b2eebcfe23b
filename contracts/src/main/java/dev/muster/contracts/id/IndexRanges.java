package dev.muster.contracts.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A set of task indexes as sorted, disjoint, closed ranges; written {@code 0-4,7,9-12}, and the
 * empty text for the empty set.
 *
 * @param ranges the ranges, ascending, never touching each other
 */
public record IndexRanges(List<Range> ranges) {
  /** The set without an index. */
  public static final IndexRanges EMPTY = new IndexRanges(List.of());

  /** From {@code first} to {@code last}, both included. */
  public record Range(int first, int last) {
    public Range {
      if (first < 0 || last < first) {
        throw new IllegalArgumentException(
            "Expected 0 <= first <= last, but got " + first + "-" + last);
      }
    }
  }

  public IndexRanges {
    ranges = List.copyOf(ranges);
    for (int i = 1; i < ranges.size(); i++) {
      if (ranges.get(i).first() <= ranges.get(i - 1).last() + 1) {
        throw new IllegalArgumentException(
            "Expected ranges that ascend and do not touch, but "
                + ranges.get(i)
                + " follows "
                + ranges.get(i - 1));
      }
    }
  }

  /** The set of these indexes, in any order, repeats allowed. */
  public static IndexRanges of(IntStream indexes) {
    int[] sorted = indexes.toArray();
    Arrays.sort(sorted);
    List<Range> ranges = new ArrayList<>();
    int at = 0;
    while (at < sorted.length) {
      int first = sorted[at];
      int last = first;
      while (at < sorted.length && sorted[at] <= last + 1) {
        last = sorted[at++];
      }
      ranges.add(new Range(first, last));
    }
    return new IndexRanges(ranges);
  }

  /** All indexes from {@code first} to {@code last}, both included. */
  public static IndexRanges closed(int first, int last) {
    return new IndexRanges(List.of(new Range(first, last)));
  }

  /**
   * Reads the written form.
   *
   * @throws IllegalArgumentException when the text is none
   */
  @JsonCreator
  public static IndexRanges parse(String text) {
    if (text.isBlank()) {
      return EMPTY;
    }
    List<Range> ranges = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      int dash = part.indexOf('-');
      int first = Integer.parseInt((dash < 0 ? part : part.substring(0, dash)).trim());
      ranges.add(
          new Range(first, dash < 0 ? first : Integer.parseInt(part.substring(dash + 1).trim())));
    }
    return new IndexRanges(ranges);
  }

  /** How many indexes are in the set. */
  public int size() {
    int size = 0;
    for (Range range : ranges) {
      size += range.last() - range.first() + 1;
    }
    return size;
  }

  public boolean isEmpty() {
    return ranges.isEmpty();
  }

  public boolean contains(int index) {
    int low = 0;
    int high = ranges.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Range range = ranges.get(middle);
      if (index < range.first()) {
        high = middle - 1;
      } else if (index > range.last()) {
        low = middle + 1;
      } else {
        return true;
      }
    }
    return false;
  }

  /** The indexes, ascending. */
  public IntStream stream() {
    return ranges.stream()
        .flatMapToInt(range -> IntStream.rangeClosed(range.first(), range.last()));
  }

  /** The set of all indexes of some ranges, in any order; they may overlap. */
  public static IndexRanges covering(List<Range> some) {
    List<Range> sorted = new ArrayList<>(some);
    sorted.sort(Comparator.comparingInt(Range::first));
    List<Range> merged = new ArrayList<>();
    for (Range range : sorted) {
      Range last = merged.isEmpty() ? null : merged.getLast();
      if (last == null || range.first() > last.last() + 1) {
        merged.add(range);
      } else if (range.last() > last.last()) {
        merged.set(merged.size() - 1, new Range(last.first(), range.last()));
      }
    }
    return new IndexRanges(merged);
  }

  /** The indexes of this set and of the other. */
  public IndexRanges plus(IndexRanges other) {
    if (isEmpty() || other.isEmpty()) {
      return isEmpty() ? other : this;
    }
    List<Range> both = new ArrayList<>(ranges);
    both.addAll(other.ranges);
    return covering(both);
  }

  /** The indexes of this set that are not in the other. */
  public IndexRanges minus(IndexRanges other) {
    if (other.isEmpty()) {
      return this;
    }
    List<Range> kept = new ArrayList<>();
    int from = 0;
    for (Range range : ranges) {
      int next = range.first();
      while (from < other.ranges.size() && other.ranges.get(from).last() < next) {
        from++;
      }
      for (int i = from; i < other.ranges.size() && next <= range.last(); i++) {
        Range gone = other.ranges.get(i);
        if (gone.first() > next) {
          kept.add(new Range(next, Math.min(range.last(), gone.first() - 1)));
        }
        next = Math.max(next, gone.last() + 1);
      }
      if (next <= range.last()) {
        kept.add(new Range(next, range.last()));
      }
    }
    return new IndexRanges(kept);
  }

  /** The written form. */
  @JsonValue
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Range range : ranges) {
      if (!text.isEmpty()) {
        text.append(',');
      }
      text.append(range.first());
      if (range.last() > range.first()) {
        text.append('-').append(range.last());
      }
    }
    return text.toString();
  }
}
