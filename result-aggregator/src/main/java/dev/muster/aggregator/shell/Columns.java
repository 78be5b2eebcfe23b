package dev.muster.aggregator.shell;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns rows into the column arrays that UNNEST takes, and database times into instants. */
final class Columns {
  private Columns() {}

  static <R> String[] texts(Collection<R> rows, Function<R, @Nullable String> column) {
    return rows.stream().map(column).toArray(String[]::new);
  }

  static <R> Integer[] ints(Collection<R> rows, Function<R, @Nullable Integer> column) {
    return rows.stream().map(column).toArray(Integer[]::new);
  }

  static <R> Long[] longs(Collection<R> rows, Function<R, @Nullable Long> column) {
    return rows.stream().map(column).toArray(Long[]::new);
  }

  static <R> Boolean[] flags(Collection<R> rows, Function<R, Boolean> column) {
    return rows.stream().map(column).toArray(Boolean[]::new);
  }

  static <R> OffsetDateTime[] times(Collection<R> rows, Function<R, @Nullable Instant> column) {
    return rows.stream().map(row -> time(column.apply(row))).toArray(OffsetDateTime[]::new);
  }

  static @Nullable OffsetDateTime time(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }

  static @Nullable Instant instant(@Nullable OffsetDateTime time) {
    return time == null ? null : time.toInstant();
  }
}
