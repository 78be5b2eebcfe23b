package dev.muster.aggregator.digest;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What all results of a job have in common: for each top-level field that holds numbers their
 * count, mean, extremes and sum, for each that holds booleans how many are true. It never grows
 * past {@link #FIELDS_MAX} fields, whatever the results contain.
 */
public final class ResultDigest {
  /** Most fields that are followed; later ones are left out. */
  public static final int FIELDS_MAX = 256;

  /** Longest field name that is followed. */
  public static final int NAME_MAX = 128;

  private final SortedMap<String, NumberStats> numbers = new TreeMap<>();
  private final SortedMap<String, Flags> flags = new TreeMap<>();
  private long results;
  private boolean truncated;

  /**
   * How often a boolean field was what.
   *
   * @param trues results in which it is true
   * @param falses results in which it is false
   */
  public record Flags(long trues, long falses) {}

  /** Begins the next result. */
  public void nextResult() {
    results++;
  }

  /** The result has a number in this field. */
  public void number(String field, double value) {
    NumberStats stats = numbers.get(field);
    if (stats == null) {
      if (!mayFollow(field)) {
        return;
      }
      stats = new NumberStats();
      numbers.put(field, stats);
    }
    stats.add(value);
  }

  /** The result has a boolean in this field. */
  public void flag(String field, boolean value) {
    Flags before = flags.get(field);
    if (before == null) {
      if (!mayFollow(field)) {
        return;
      }
      before = new Flags(0, 0);
    }
    flags.put(
        field, new Flags(before.trues() + (value ? 1 : 0), before.falses() + (value ? 0 : 1)));
  }

  /** How many results there are. */
  public long results() {
    return results;
  }

  /** Fields with numbers, by name. */
  public SortedMap<String, NumberStats> numbers() {
    return Collections.unmodifiableSortedMap(numbers);
  }

  /** Fields with booleans, by name. */
  public SortedMap<String, Flags> flags() {
    return Collections.unmodifiableSortedMap(flags);
  }

  /** Whether a field was left out. */
  public boolean isTruncated() {
    return truncated;
  }

  private boolean mayFollow(String field) {
    boolean room = numbers.size() + flags.size() < FIELDS_MAX && field.length() <= NAME_MAX;
    truncated |= !room;
    return room;
  }
}
