package dev.muster.dispatcher.task;

import dev.muster.contracts.task.AttemptEnd;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How long an attempt is held to have run. The worker's monotonic clock is exact but the worker may
 * be gone or wrong; the database's clock is always there but hears of starts and ends late. So the
 * worker's figure counts, bounded by how long its lease lasted, and without one the time between
 * the heard start and the decided end does.
 */
public final class Metering {
  private Metering() {}

  /**
   * Milliseconds, 0 when it never ran as far as is known.
   *
   * @param lease the attempt's lease, before its end
   * @param end what its worker said of the end; null when the worker did not
   * @param now when the end was decided
   */
  public static long millis(TaskState.Live lease, @Nullable AttemptEnd end, Instant now) {
    long leased = between(lease.leasedAt(), now);
    if (end != null && end.runMillis() > 0) {
      return Math.min(end.runMillis(), leased);
    }
    Instant startedAt = startedAt(lease);
    return startedAt == null ? 0 : between(startedAt, now);
  }

  /** When the start was heard of, or null. */
  public static @Nullable Instant startedAt(TaskState.Live lease) {
    return switch (lease) {
      case TaskState.Leased l -> null;
      case TaskState.Running r -> r.startedAt();
    };
  }

  private static long between(Instant from, Instant to) {
    return Math.max(0, Duration.between(from, to).toMillis());
  }
}
