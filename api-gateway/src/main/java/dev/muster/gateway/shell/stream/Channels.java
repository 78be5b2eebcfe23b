package dev.muster.gateway.shell.stream;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The channels that somebody listens to, and how much all of them may hold. */
@ApplicationScoped
public class Channels {
  private static final long ALL_BYTES_MAX = 16L * 1024 * 1024;
  private static final long RING_BYTES_MAX = 256 * 1024;
  private static final long RING_BYTES_MIN = 16 * 1024;

  private final Map<String, Channel> jobs = new ConcurrentHashMap<>();
  private final Map<String, Channel> tenants = new ConcurrentHashMap<>();
  private final AtomicInteger open = new AtomicInteger();
  private volatile boolean closing;

  Channels(MeterRegistry metrics) {
    metrics.gauge("sse_connections", open);
    // Requests are waited for before the application stops, and a stream is a request: it has to
    // end when the signal comes, not when all others have ended.
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(this::close));
  }

  /**
   * A stream's place in a channel.
   *
   * @param channel what it listens to
   * @param bell rung when there is something to read
   * @param begin the place in the ring from which it reads
   * @param wantsOutput whether it tells output and progress
   */
  record Subscription(Channel channel, Bell bell, Ring.Mark begin, boolean wantsOutput) {}

  Subscription ofJob(String tenant, String job) {
    return subscribe(jobs, job, Channel.ofJob(tenant, job), true);
  }

  Subscription ofTenant(String tenant, boolean wantsOutput) {
    return subscribe(tenants, tenant, Channel.ofTenant(tenant), wantsOutput);
  }

  private Subscription subscribe(
      Map<String, Channel> map, String key, Channel fresh, boolean wantsOutput) {
    Bell bell = new Bell();
    open.incrementAndGet();
    Channel channel =
        map.compute(
            key,
            (k, present) -> {
              Channel joined = present == null ? fresh : present;
              joined.join(bell, wantsOutput);
              return joined;
            });
    return new Subscription(channel, bell, channel.ring().end(), wantsOutput);
  }

  void release(Subscription subscription) {
    Channel channel = subscription.channel();
    open.decrementAndGet();
    (channel.isOfTenant() ? tenants : jobs)
        .computeIfPresent(
            channel.key(),
            (k, present) -> {
              present.leave(subscription.bell(), subscription.wantsOutput());
              return present.isEmpty() ? null : present;
            });
  }

  @Nullable Channel job(String job) {
    return jobs.get(job);
  }

  @Nullable Channel tenant(String tenant) {
    return tenants.get(tenant);
  }

  boolean hasTenants() {
    return !tenants.isEmpty();
  }

  boolean isEmpty() {
    return jobs.isEmpty() && tenants.isEmpty();
  }

  List<Channel> all() {
    List<Channel> all = new ArrayList<>(jobs.values());
    all.addAll(tenants.values());
    return all;
  }

  void append(Channel channel, List<? extends Entry> entries) {
    if (!entries.isEmpty()) {
      channel.append(entries, ringBytes());
    }
  }

  /** With many channels each holds less, so that all of them together stay within their bound. */
  private long ringBytes() {
    long share = ALL_BYTES_MAX / Math.max(1, jobs.size() + tenants.size());
    return Math.clamp(share, RING_BYTES_MIN, RING_BYTES_MAX);
  }

  /** Whether the gateway stops and streams must end. */
  boolean isClosing() {
    return closing;
  }

  /** Tells every stream to end. */
  @PreDestroy
  public void close() {
    closing = true;
    all().forEach(Channel::wake);
  }
}
