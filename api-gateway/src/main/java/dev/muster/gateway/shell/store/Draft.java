package dev.muster.gateway.shell.store;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.submission.Source;
import dev.muster.gateway.submission.Submission;
import org.jspecify.annotations.Nullable;

/**
 * A valid submission that is to be made durable.
 *
 * @param job the id it gets, unless it repeats an earlier request
 * @param submission what is submitted
 * @param items where its listed items come from
 * @param traceparent W3C trace context of the request
 * @param repeat what makes it recognisable when it comes again; null without an Idempotency-Key
 */
public record Draft(
    JobId job,
    Submission submission,
    ItemOrigin items,
    String traceparent,
    @Nullable Repeat repeat) {
  /**
   * What makes a request recognisable.
   *
   * @param route which operation; keys of different operations never meet
   * @param key the client's Idempotency-Key
   * @param fingerprint SHA-256 of the canonical request
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Repeat(String route, String key, byte[] fingerprint) {}

  /** Where the listed items of a job come from. */
  public sealed interface ItemOrigin {
    /** The body of the request. */
    record Body(Source source) implements ItemOrigin {}

    /** The stored items of the job that is retried. */
    record Earlier(JobId job) implements ItemOrigin {}
  }

  /** Who submits. */
  public String tenant() {
    return submission.spec().tenant();
  }

  /** Whether items are listed, which can make the transaction a long one. */
  public boolean isLarge() {
    return submission.spec().fanOut().listed() && submission.spec().fanOut().items() > 200;
  }
}
