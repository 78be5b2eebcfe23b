package dev.muster.aggregator.digest;

import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

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

  private static final Flags NO_FLAGS = new Flags(0, 0);

  private final SortedMap<String, NumberStats> numbers = new TreeMap<>();
  private final SortedMap<String, Flags> flags = new TreeMap<>();
  private final Set<String> leftOut = new TreeSet<>();

  /**
   * How often a boolean field was what.
   *
   * @param trues results in which it is true
   * @param falses results in which it is false
   */
  public record Flags(long trues, long falses) {}

  /** A result has a number in this field; what is not finite is left out. */
  public void number(String field, double value) {
    if (Double.isFinite(value) && (numbers.containsKey(field) || mayFollow(field))) {
      NumberStats before = numbers.get(field);
      numbers.put(field, before == null ? NumberStats.of(value) : before.plus(value));
    }
  }

  /** A result has a boolean in this field. */
  public void flag(String field, boolean value) {
    if (flags.containsKey(field) || mayFollow(field)) {
      Flags before = flags.getOrDefault(field, NO_FLAGS);
      flags.put(
          field, new Flags(before.trues() + (value ? 1 : 0), before.falses() + (value ? 0 : 1)));
    }
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
    return !leftOut.isEmpty();
  }

  private boolean mayFollow(String field) {
    boolean room = numbers.size() + flags.size() < FIELDS_MAX && field.length() <= NAME_MAX;
    if (!room && leftOut.isEmpty()) {
      leftOut.add("more");
    }
    return room;
  }
}
