package dev.muster.contracts.webhook;

import dev.muster.contracts.job.JobEvent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The kinds of events that go to webhooks, by the names that users see. {@code PROGRESSED} is none,
 * nor is {@code STAGE_COMPLETED}: a job may have thousands of it, and streams are there for that.
 */
public final class WebhookKinds {
  /** An endpoint of the tenant was disabled. */
  public static final String DISABLED = "webhook.disabled";

  /** A test that a user asked for; goes to the endpoint whatever it subscribes to. */
  public static final String PING = "webhook.ping";

  /** What an endpoint gets when its owner names nothing: the ends of jobs, and its own kind. */
  public static final List<String> DEFAULT =
      List.of(
          "job.completed", "job.partial", "job.failed", "job.cancelled", "job.expired", DISABLED);

  /** What can be subscribed to. */
  public static final List<String> ALL =
      Stream.concat(
              Arrays.stream(JobEvent.Kind.values()).flatMap(kind -> of(kind).stream()),
              Stream.of(DISABLED))
          .toList();

  private WebhookKinds() {}

  /** The name of a job event's kind; empty for what goes to no webhook. */
  public static Optional<String> of(JobEvent.Kind kind) {
    return kind == JobEvent.Kind.PROGRESSED || kind == JobEvent.Kind.STAGE_COMPLETED
        ? Optional.empty()
        : Optional.of("job." + kind.name().toLowerCase(Locale.ROOT));
  }
}
