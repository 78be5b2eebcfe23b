package dev.muster.aggregator.shell.webhook;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that was claimed for an attempt.
 *
 * @param delivery its id, which is the webhook-id
 * @param claim fences what is recorded of this attempt
 * @param tries failed tries since it was last asked for
 * @param lane what shares its limits
 * @param endpoint whose secrets sign it
 * @param tenant who owns it
 * @param event its kind
 * @param url where to; null when the endpoint is gone
 * @param live whether anything may be sent to the endpoint
 * @param secrets JSON of what signs; null while the endpoint is not known here yet
 * @param body of what is no job event
 * @param jobEvent the event, as it is published
 * @param submitted the first event of its job, which has what was submitted
 * @param summary the job's summary, once it has ended
 * @param endedAt when its job ended; null before
 * @param failures failures of the lane in a row, before this attempt
 * @param at the database's time of the claim
 */
record Due(
    String delivery,
    long claim,
    int tries,
    String lane,
    String endpoint,
    String tenant,
    String event,
    @Nullable String url,
    boolean live,
    @Nullable String secrets,
    @Nullable String body,
    @Nullable String jobEvent,
    @Nullable String submitted,
    @Nullable String summary,
    @Nullable Instant endedAt,
    int failures,
    Instant at) {
  boolean isCallback() {
    return endpoint.startsWith("callback_");
  }
}
