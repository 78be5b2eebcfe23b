package dev.muster.dispatcher.shell;

import dev.muster.dispatcher.pool.Effects;
import dev.muster.dispatcher.pool.PoolGauges;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Every metric of the dispatcher, named once. Labels come from closed sets. */
final class DispatcherMetrics {
  private final MeterRegistry registry;
  private final Map<Effects.Count, Counter> counters = new EnumMap<>(Effects.Count.class);
  private final Timer latency;
  private volatile PoolGauges gauges = PoolGauges.NONE;
  private volatile int shards;

  DispatcherMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.latency =
        Timer.builder("dispatch.latency").publishPercentileHistogram().register(registry);
    for (Effects.Count count : Effects.Count.values()) {
      counters.put(count, counter(count));
    }
    gauge("tasks.queued", "gpu_class", "cpu", PoolGauges::queuedCpu);
    gauge("tasks.queued", "gpu_class", "gpu", PoolGauges::queuedGpu);
    gauge("tasks.running", "gpu_class", "cpu", PoolGauges::runningCpu);
    gauge("tasks.running", "gpu_class", "gpu", PoolGauges::runningGpu);
    gauge("queue.oldest.task.age.seconds", "gpu_class", "cpu", PoolGauges::oldestCpuSeconds);
    gauge("queue.oldest.task.age.seconds", "gpu_class", "gpu", PoolGauges::oldestGpuSeconds);
    gauge("worker.up", "state", "present", PoolGauges::workersPresent);
    gauge("worker.up", "state", "absent", PoolGauges::workersAbsent);
    gauge("worker.slots", "state", "used", PoolGauges::slotsUsed);
    gauge("worker.slots", "state", "free", PoolGauges::slotsFree);
    Gauge.builder("dispatch.shards.owned", this, metrics -> metrics.shards).register(registry);
  }

  private Counter counter(Effects.Count count) {
    return switch (count) {
      case DISPATCHED -> registry.counter("tasks.dispatched");
      case EXPIRED -> registry.counter("tasks.lease.expired");
      case STALE_REPORT -> registry.counter("task.reports.stale");
      case REPEATED_REPORT -> registry.counter("task.reports.repeated");
      case RETRIED_INFRASTRUCTURE -> registry.counter("tasks.retried", "reason", "infrastructure");
      case RETRIED_FAILURE -> registry.counter("tasks.retried", "reason", "failure");
      case RETURNED -> registry.counter("tasks.returned");
      case MAILED_AGAIN -> registry.counter("tasks.mailed.again");
    };
  }

  private void gauge(String name, String label, String value, ToDoubleFunction<PoolGauges> number) {
    Gauge.builder(name, this, metrics -> number.applyAsDouble(metrics.gauges))
        .tag(label, value)
        .register(registry);
  }

  /** Counts what was committed. */
  void count(Effects effects) {
    effects
        .counts()
        .forEach((count, n) -> {
          Counter counter = counters.get(count);
          if (counter != null) {
            counter.increment(n);
          }
        });
    effects.latencies().forEach(latency::record);
  }

  /** Shows the pools as they are now. */
  void show(PoolGauges now, int shardsOwned) {
    gauges = now;
    shards = shardsOwned;
  }
}
