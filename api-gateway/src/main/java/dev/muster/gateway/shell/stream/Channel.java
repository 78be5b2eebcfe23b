package dev.muster.gateway.shell.stream;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** What is told of one job, or of all jobs of one tenant, to the streams that listen. */
final class Channel {
  private static final int TASKS_MAX = 4_096;

  private final String key;
  private final String tenant;
  private final boolean ofTenant;
  private final Ring ring = new Ring();
  private final List<Bell> listeners = new CopyOnWriteArrayList<>();
  private final AtomicInteger chatty = new AtomicInteger();
  private final CompletableFuture<Boolean> followed = new CompletableFuture<>();
  private final Map<Place, Written> written = new HashMap<>();

  private record Place(String job, int index) {}

  /** How far the output of a task's attempt was told. */
  private record Written(int attempt, long bytes) {}

  private Channel(String key, String tenant, boolean ofTenant) {
    this.key = key;
    this.tenant = tenant;
    this.ofTenant = ofTenant;
  }

  static Channel ofJob(String tenant, String job) {
    return new Channel(job, tenant, false);
  }

  static Channel ofTenant(String tenant) {
    return new Channel(tenant, tenant, true);
  }

  /** The job's id, or the tenant. */
  String key() {
    return key;
  }

  String tenant() {
    return tenant;
  }

  boolean isOfTenant() {
    return ofTenant;
  }

  Ring ring() {
    return ring;
  }

  /** Done once every later change of a job reaches the ring. */
  CompletableFuture<Boolean> followed() {
    return followed;
  }

  void join(Bell bell, boolean wantsOutput) {
    listeners.add(bell);
    chatty.addAndGet(wantsOutput ? 1 : 0);
  }

  void leave(Bell bell, boolean wantsOutput) {
    listeners.remove(bell);
    chatty.addAndGet(wantsOutput ? -1 : 0);
  }

  boolean isEmpty() {
    return listeners.isEmpty();
  }

  /** Whether anybody listens for output and progress. */
  boolean isChatty() {
    return chatty.get() > 0;
  }

  void append(List<? extends Entry> entries, long bytesMax) {
    ring.append(entries, bytesMax);
    wake();
  }

  void wake() {
    listeners.forEach(Bell::ring);
  }

  /**
   * Notes a piece of output, and tells how many bytes before it never came. Called by the one
   * thread that reads Kafka.
   */
  long missingBefore(String job, int index, int attempt, long offset, int bytes) {
    Written before = written.put(new Place(job, index), new Written(attempt, offset + bytes));
    if (written.size() > TASKS_MAX) {
      written.clear(); // gaps in the offsets of these tasks are then seen from their next piece on
    }
    boolean same = before != null && before.attempt() == attempt;
    return same ? Math.max(0, offset - before.bytes()) : 0;
  }
}
