package dev.muster.planner.shell;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings of the planner. */
@ConfigMapping(prefix = "planner")
public interface PlannerConfig {
  /**
   * How long the mark of a finished job is kept. It must outlive the retention of {@code
   * muster.job.submissions} (7 days), or a repeated record could plan the job again.
   */
  @WithDefault("P8D")
  Duration closedRetention();

  /** How often marks older than that are deleted. */
  @WithDefault("PT1H")
  Duration closedSweepInterval();

  /** Most marks deleted at a time. */
  @WithDefault("10000")
  int closedSweepBatchMax();
}
