package dev.muster.gateway.view;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A delivery as its owner sees it.
 *
 * @param id the webhook-id
 * @param event its kind
 * @param jobId the job it is about, if any
 * @param seq the number of the job's event, if any
 * @param url where a callback goes; null where it is the endpoint's
 * @param state {@code pending}, {@code delivered} or {@code exhausted}
 * @param nextAttemptAt while pending: not before this
 * @param createdAt when the event happened
 * @param endedAt when it was delivered or given up
 * @param attempts what was tried, oldest first, at most the last 20
 */
public record DeliveryView(
    String id,
    String event,
    @Nullable String jobId,
    @Nullable Long seq,
    @Nullable String url,
    String state,
    @Nullable Instant nextAttemptAt,
    Instant createdAt,
    @Nullable Instant endedAt,
    List<Attempt> attempts) {
  public DeliveryView {
    attempts = List.copyOf(attempts);
  }

  /**
   * One attempt.
   *
   * @param attempt its number, from 1
   * @param startedAt when
   * @param millis how long it took
   * @param status the receiver's HTTP status, if it answered
   * @param error {@code unreachable}, {@code tls}, {@code not_allowed} or {@code
   *     endpoint_disabled}, if it did not
   * @param response the first KiB of its answer
   */
  public record Attempt(
      int attempt,
      Instant startedAt,
      long millis,
      @Nullable Integer status,
      @Nullable String error,
      @Nullable String response) {}
}
