package dev.muster.gateway.view;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobSpec;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A submission as the gateway keeps it.
 *
 * @param id the job
 * @param createdAt when it was committed
 * @param spec what was submitted
 * @param shownPayload the submitted payload where the spec's base differs from it
 * @param omitted the member of the payload that is too large to be shown
 */
public record StoredJob(
    JobId id,
    Instant createdAt,
    JobSpec spec,
    @Nullable String shownPayload,
    @Nullable String omitted) {
  /** The payload to show, byte for byte as submitted but for {@link #omitted}. */
  public JsonText payload() {
    return new JsonText(shownPayload == null ? spec.payload() : shownPayload);
  }
}
