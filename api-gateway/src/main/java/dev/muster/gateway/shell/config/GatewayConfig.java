package dev.muster.gateway.shell.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Settings of the gateway. */
@ConfigMapping(prefix = "gateway")
public interface GatewayConfig {
  /** Largest body of a request in bytes; larger ones get 413. */
  @WithDefault("67108864")
  long bodyBytesMax();

  /** Bodies beyond 1 MiB that are read at the same time; more get 503. */
  @WithDefault("4")
  int largeBodiesMax();

  /**
   * Where the first API key is written when there is no tenant yet: a tenant {@code default} and a
   * key with all scopes are made at the start. Without it nothing is made.
   */
  Optional<Path> bootstrapKeyFile();

  /**
   * The secret under which key secrets and cursors are authenticated; at least 16 characters. All
   * gateways of an installation share it. It wins over {@link #pepperFile()}.
   */
  Optional<String> pepper();

  /**
   * A file that holds the pepper; made at the first start, mode 0600. Default: {@code
   * gateway-pepper} beside {@link #bootstrapKeyFile()}.
   */
  Optional<Path> pepperFile();

  /** How long a verified key is believed without asking the database; bounds a revocation. */
  @WithDefault("4s")
  Duration keyCache();

  /** Wrong keys that may come at once from one address before it gets 429. */
  @WithDefault("100")
  int keyFailuresPerSource();

  /** Wrong secrets that may come at once for one key's id before they get 429. */
  @WithDefault("20")
  int keyFailuresPerPrefix();

  /** Wrong keys a second that are allowed on end, for an address and for an id each. */
  @WithDefault("1")
  double keyFailuresPerSecond();

  /** Longest wait for the aggregator's decision on a cancellation before 202 is answered anyway. */
  @WithDefault("2s")
  Duration cancelWait();

  /** Age of the oldest unsent record beyond which no new job is taken. */
  @WithDefault("30s")
  Duration admissionAgeMax();

  /** Unsent records beyond which no new job is taken. */
  @WithDefault("50000")
  long admissionRowsMax();

  /**
   * Whether a job is refused with 402 when the tenant's account does not cover what must be set
   * aside for it. Without it accounts may go below zero.
   */
  @WithDefault("false")
  boolean creditRequired();

  /** Longest run of each task that is set aside for when a job is submitted; at least 1 s. */
  @WithDefault("5m")
  Duration creditHoldMax();

  /** Longest wait for a database connection before 503 is answered. */
  @WithDefault("800ms")
  Duration databaseWait();

  /** Open event streams of the whole gateway; more get 503. */
  @WithDefault("2000")
  int streamsMax();

  /** Open event streams of one tenant; more get 429. */
  @WithDefault("500")
  int streamsPerTenantMax();

  /** Open event streams of one API key; more get 429. */
  @WithDefault("50")
  int streamsPerKeyMax();

  /**
   * Open event streams of one client address; more get 429. This machine's own addresses are not
   * counted, since whoever is there holds the key file anyway.
   */
  @WithDefault("5")
  int streamsPerAddressMax();

  /**
   * Proxies whose {@code Forwarded} or {@code X-Forwarded-For} is believed: addresses or ranges
   * such as {@code 10.0.0.0/8}. Without any, the address of the connection counts.
   */
  Optional<List<String>> trustedProxies();

  /** How long a stream ticket may wait to be used. */
  @WithDefault("60s")
  Duration streamTicketLife();

  /** Tickets of one tenant that wait to be used; more get 429. */
  @WithDefault("1000")
  int streamTicketsMax();

  /**
   * Origins from which browsers may open the WebSocket, such as {@code https://example.org}; the
   * gateway's own is always among them.
   */
  Optional<List<String>> allowedOrigins();

  /** Time between the comments that keep an idle stream open. */
  @WithDefault("15s")
  Duration streamHeartbeat();

  /**
   * How often the key behind an open stream is looked at; a revoked one ends its streams so soon.
   */
  @WithDefault("30s")
  Duration streamKeyCheck();

  /**
   * The file with the keys under which signing secrets of webhooks are encrypted; made at the first
   * start, mode 0600. The aggregator has the same one. Default: {@code webhook-key} beside {@link
   * #bootstrapKeyFile()}; without either there are no webhooks.
   */
  Optional<Path> webhookKeyFile();

  /** Webhook endpoints of one tenant. */
  @WithDefault("50")
  int webhooksMax();

  /** Networks such as 10.0.0.0/8 that may be called although they are not public. */
  Optional<List<String>> egressOpenNetworks();

  /** Whether public hosts may be called without TLS, on port 80. */
  @WithDefault("false")
  boolean egressPlainHttp();

  /** Names under which this API is reached; never called, so that no webhook calls the API. */
  Optional<Set<String>> ownHosts();
}
