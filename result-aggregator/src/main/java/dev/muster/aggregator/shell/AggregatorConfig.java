package dev.muster.aggregator.shell;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings of the result aggregator. */
@ConfigMapping(prefix = "aggregator")
public interface AggregatorConfig {
  /**
   * Jobs of at most this many tasks are concluded in the transaction that ends their last task;
   * larger ones by a loop of its own, page by page. 0 to 100,000.
   */
  @WithDefault("1000")
  int concludeAtOnceMax();

  /** How often jobs are looked for that a stopped instance left unconcluded. */
  @WithDefault("2s")
  Duration concludePoll();

  /** How often jobs are looked for whose deadline has passed; that long one may be overrun. */
  @WithDefault("1s")
  Duration deadlinePoll();

  /** How often jobs are looked for whose results are deleted and not purged yet. */
  @WithDefault("10s")
  Duration purgePoll();

  /** Most bytes of records in one transaction; at least one record is always taken. */
  @WithDefault("4194304")
  int transactionBytesMax();

  /** Settings of webhook deliveries. */
  WebhookConfig webhook();
}
