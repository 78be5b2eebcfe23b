package dev.muster.gateway.view;

import dev.muster.contracts.job.JobEvent;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A numbered event of a job as the API shows it.
 *
 * @param seq its number, from 1
 * @param kind what changed
 * @param canonicalState the state after it
 * @param at when it was decided, by the database's clock
 * @param counts the tasks after it
 */
public record JobEventView(
    long seq,
    String kind,
    String canonicalState,
    Instant at,
    JobView.Counts counts,
    @Nullable String errorCode,
    @Nullable String detail) {
  /** The event without what only services need. */
  public static JobEventView of(JobEvent event) {
    return new JobEventView(
        event.seq(),
        event.kind().name().toLowerCase(Locale.ROOT),
        event.state().name(),
        event.at(),
        JobView.Counts.of(event.counts()),
        event.errorCode() == null ? null : event.errorCode().word(),
        event.detail());
  }
}
