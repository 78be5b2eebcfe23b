package dev.muster.aggregator.shell;

import dev.muster.aggregator.job.JobFacts;
import dev.muster.contracts.job.JobEvent;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Every meter of the service, named once. Counted after the commit, so a repeat counts nothing. */
@ApplicationScoped
class AggregatorMetrics {
  private final MeterRegistry registry;

  AggregatorMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** What a committed batch did to jobs. */
  void committed(JobBatch batch) {
    for (JobEvent event : batch.events()) {
      if (event.kind().isEnd()) {
        ended(event, batch.facts(event.job()));
      }
    }
    if (batch.rejected() > 0) {
      registry.counter("job_commands_rejected").increment(batch.rejected());
    }
  }

  /** Task results that were counted, and how long after the dispatcher's word. */
  void counted(int succeeded, int failed, Instant toldAt, Instant now) {
    if (succeeded > 0) {
      registry.counter("task_results_counted", "status", "succeeded").increment(succeeded);
    }
    if (failed > 0) {
      registry.counter("task_results_counted", "status", "failed").increment(failed);
    }
    Duration lag = Duration.between(toldAt, now);
    registry.timer("result_lag").record(lag.isNegative() ? Duration.ZERO : lag);
  }

  /** Task events that were repeats or late. */
  void ignored(int events) {
    if (events > 0) {
      registry.counter("task_events_ignored").increment(events);
    }
  }

  /** A record was put on the dead-letter topic. */
  void deadLettered(String topic) {
    registry.counter("dead_letters", "topic", topic).increment();
  }

  private void ended(JobEvent event, JobFacts job) {
    String status = event.state().name().toLowerCase(Locale.ROOT);
    registry.counter("jobs_completed", "status", status).increment();
    Instant created = job.milestones().created();
    if (created != null) {
      Duration duration = Duration.between(created, event.at());
      Timer.builder("job_duration")
          .tag("status", status)
          .register(registry)
          .record(duration.isNegative() ? Duration.ZERO : duration);
    }
  }
}
