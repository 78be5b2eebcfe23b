package dev.muster.aggregator.shell.webhook;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps one tenant from using us against others: so many deliveries in a second on average, ten
 * times as many at once (generic cell rate algorithm, ITU-T I.371). A tenant that was quiet is
 * forgotten. For one thread.
 */
final class TenantPace {
  private static final int BURST_SECONDS = 10;

  private final long intervalNanos;
  private final long burstNanos;
  private final Map<String, Long> paidUntil = new HashMap<>();

  TenantPace(int perSecond) {
    intervalNanos = Duration.ofSeconds(1).toNanos() / perSecond;
    burstNanos = intervalNanos * perSecond * BURST_SECONDS;
  }

  /** These deliveries are sent now. */
  void spend(List<Due> deliveries, long nowNanos) {
    for (Due due : deliveries) {
      long from = Math.max(paidUntil.getOrDefault(due.tenant(), nowNanos), nowNanos);
      paidUntil.put(due.tenant(), from + intervalNanos);
    }
  }

  /** Tenants that had enough for now. */
  Collection<String> paused(long nowNanos) {
    paidUntil.values().removeIf(until -> until - nowNanos <= 0);
    return paidUntil.entrySet().stream()
        .filter(entry -> entry.getValue() - nowNanos > burstNanos)
        .map(Map.Entry::getKey)
        .toList();
  }
}
