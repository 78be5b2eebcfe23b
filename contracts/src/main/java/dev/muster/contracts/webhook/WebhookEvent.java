package dev.muster.contracts.webhook;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is said on {@code muster.webhook.events}: the gateway tells how endpoints are configured and
 * what users ask for, the aggregator tells what became of an endpoint.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = WebhookEvent.EndpointSaved.class, name = "endpoint_saved"),
  @JsonSubTypes.Type(value = WebhookEvent.EndpointDeleted.class, name = "endpoint_deleted"),
  @JsonSubTypes.Type(value = WebhookEvent.PingRequested.class, name = "ping_requested"),
  @JsonSubTypes.Type(value = WebhookEvent.RedeliveryRequested.class, name = "redelivery_requested"),
  @JsonSubTypes.Type(value = WebhookEvent.EndpointDisabled.class, name = "endpoint_disabled")
})
public sealed interface WebhookEvent {
  /** The endpoint it is about: {@code ep_<ulid>}, or {@code callback_<tenant>}. */
  String endpoint();

  /** Who owns the endpoint. */
  String tenant();

  /** The endpoint that signs what goes to the {@code callback_url} of a tenant's jobs. */
  static String callbackEndpoint(String tenant) {
    return "callback_" + tenant;
  }

  /**
   * An endpoint was made or changed. Enabled again, it is no longer disabled for its failures.
   *
   * @param endpoint its id
   * @param tenant its owner
   * @param version grows with every change; an older one changes nothing
   * @param url where to; null for the endpoint that only signs callbacks
   * @param events kinds it subscribes to, of {@link WebhookKinds#ALL}
   * @param enabled whether anything is sent to it
   * @param secrets what signs, newest first, 1 to 3
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record EndpointSaved(
      String endpoint,
      String tenant,
      long version,
      @Nullable String url,
      List<String> events,
      boolean enabled,
      List<SigningSecret> secrets)
      implements WebhookEvent {
    public EndpointSaved {
      events = List.copyOf(events);
      secrets = List.copyOf(secrets);
    }
  }

  /**
   * An endpoint is gone; what waits for it is given up.
   *
   * @param version above that of its last change
   */
  record EndpointDeleted(String endpoint, String tenant, long version) implements WebhookEvent {}

  /**
   * A user wants a test event sent.
   *
   * @param delivery the new delivery's id, which is also its webhook-id
   */
  record PingRequested(String endpoint, String tenant, String delivery) implements WebhookEvent {}

  /**
   * A user wants a delivery sent again, with the same webhook-id and from the start of the retry
   * schedule.
   *
   * @param delivery the delivery
   * @param request names the wish, so that its repeat does nothing
   */
  record RedeliveryRequested(String endpoint, String tenant, String delivery, String request)
      implements WebhookEvent {}

  /**
   * The aggregator sends nothing more to an endpoint until its owner enables it again.
   *
   * @param reason why
   * @param at when
   */
  record EndpointDisabled(String endpoint, String tenant, Reason reason, Instant at)
      implements WebhookEvent {}

  /** Why an endpoint was disabled. */
  enum Reason {
    /** It answered 410. */
    @JsonProperty("gone")
    GONE,
    /** Nothing could be delivered for days. */
    @JsonProperty("failing")
    FAILING
  }
}
