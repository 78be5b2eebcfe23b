package dev.muster.dispatcher.shell;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings of the dispatcher; durations as ISO-8601 or with a unit, such as {@code 30S}. */
@ConfigMapping(prefix = "dispatcher")
public interface DispatcherConfig {
  /** How long leases live without a heartbeat of their worker; at least three heartbeats. */
  @WithDefault("30S")
  Duration lease();

  /** How often workers send heartbeats. */
  @WithDefault("10S")
  Duration heartbeat();

  /** How long past its timeout an attempt is left to its worker before it is ended here. */
  @WithDefault("30S")
  Duration timeoutGrace();

  /** How long after a lease's length a holder may still answer to a cancellation. */
  @WithDefault("5S")
  Duration cancelGrace();

  /** A worker may hold, unstarted, what it finishes in this time; short tasks without GPUs only. */
  @WithDefault("0.1S")
  Duration aheadWindow();

  /** Most unstarted leases of a worker beyond what it has room for. */
  @WithDefault("512")
  int aheadMax();

  /** How long the first blocked job waits before a worker is kept free for it. */
  @WithDefault("30S")
  Duration reserveAfter();

  /** Most leases of one transaction. */
  @WithDefault("2000")
  int passMax();

  /** How long a shard stays with an owner that does not renew; a killed owner is replaced then. */
  @WithDefault("5S")
  Duration shardLease();

  /** Most records of one poll. */
  @WithDefault("500")
  int pollRecordsMax();

  /** Most bytes of task payloads that are kept in memory, in MiB. */
  @WithDefault("64")
  int payloadCacheMb();

  /** How long it is remembered that a job is over, so that a late plan of it never runs. */
  @WithDefault("P8D")
  Duration tombstoneRetention();
}
