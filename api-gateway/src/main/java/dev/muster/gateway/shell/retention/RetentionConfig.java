package dev.muster.gateway.shell.retention;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings of retention. */
@ConfigMapping(prefix = "gateway.retention")
public interface RetentionConfig {
  /** How often results are looked for whose time is over. */
  @WithDefault("1m")
  Duration sweepEvery();
}
