package dev.muster.aggregator.shell;

import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Settings of webhook deliveries. */
public interface WebhookConfig {
  /**
   * The file with the keys under which signing secrets are encrypted; the gateway has the same one.
   * Without it nothing is sent, and what is due waits.
   */
  Optional<Path> keyFile();

  /** Delays between the tries of a delivery; one try more than there are delays. */
  @WithDefault("5s,5m,30m,2h,5h,10h,14h,20h,24h")
  List<Duration> schedule();

  /** Longest attempt, from the look-up of the name to the last byte of the answer. */
  @WithDefault("15s")
  Duration timeout();

  /** Attempts under way at once in this instance. */
  @WithDefault("1024")
  int inFlightMax();

  /** Attempts under way at once to one endpoint, or to one host of callbacks. */
  @WithDefault("4")
  int laneInFlightMax();

  /** Deliveries of one tenant in a second, on average; ten times as many may come at once. */
  @WithDefault("100")
  int tenantRateMax();

  /** Failures in a row after which a lane is left alone for a while. */
  @WithDefault("5")
  int circuitFailures();

  /** How long it is first left alone; doubles with every further failure. */
  @WithDefault("1m")
  Duration circuitPause();

  /** The longest it is left alone. */
  @WithDefault("1h")
  Duration circuitPauseMax();

  /** An endpoint to which nothing could be delivered for so long is disabled. */
  @WithDefault("5d")
  Duration disableAfter();

  /** How often is looked for what is due, when nobody tells of it. */
  @WithDefault("1s")
  Duration poll();

  /** How long ended deliveries can be looked at and asked for again. */
  @WithDefault("30d")
  Duration keep();

  /** Networks such as 10.0.0.0/8 that may be called although they are not public. */
  Optional<List<String>> openNetworks();

  /** Whether public hosts may be called without TLS, on port 80. */
  @WithDefault("false")
  boolean plainHttp();

  /** Names of this installation's own API; never called. */
  Optional<Set<String>> ownHosts();
}
