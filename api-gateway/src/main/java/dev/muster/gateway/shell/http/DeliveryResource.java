package dev.muster.gateway.shell.http;

import dev.muster.contracts.webhook.WebhookEvent;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.store.WebhookRepository;
import dev.muster.gateway.shell.store.WebhookViews;
import dev.muster.gateway.view.DeliveryView;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** What was sent to a webhook, and sending it again. */
@Path("/api/v1/webhooks")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class DeliveryResource {
  private static final Set<String> STATES = Set.of("pending", "delivered", "exhausted");

  private final Requests requests;
  private final Caller caller;
  private final WebhookRepository webhooks;
  private final WebhookViews views;
  private final Cursors cursors;

  DeliveryResource(
      Requests requests,
      Caller caller,
      WebhookRepository webhooks,
      WebhookViews views,
      Cursors cursors) {
    this.requests = requests;
    this.caller = caller;
    this.webhooks = webhooks;
    this.views = views;
    this.cursors = cursors;
  }

  /**
   * @param deliveryId what was asked to be sent
   */
  record Asked(String deliveryId) {}

  static Response accepted(String id, String delivery) {
    return Response.accepted(ApiJson.text(new Asked(delivery)))
        .header(HttpHeaders.LOCATION, "/api/v1/webhooks/" + id + "/deliveries/" + delivery)
        .build();
  }

  /** The delivery log, newest first. */
  @GET
  @Path("{id}/deliveries")
  public String list(@PathParam("id") String id, @Context UriInfo uri) {
    Query query = Query.of(uri, "state", "limit", "cursor");
    int limit = query.integer("limit", 1, 100, 50);
    String state = query.text("state");
    if (state != null && !STATES.contains(state)) {
      query.error("state", "format", "Expected pending, delivered or exhausted");
    }
    String cursor = query.text("cursor");
    query.check();
    String stored = stored(id);
    String list = "deliveries/" + stored + "?" + query.canonical();
    String position = cursors.read(caller.tenant(), list, cursor);
    int space = position == null ? 0 : position.indexOf(' ');
    List<DeliveryView> found =
        views.deliveries(
            caller.tenant(),
            stored,
            new WebhookViews.Filter(
                state,
                position == null ? null : Instant.parse(position.substring(0, space)),
                position == null ? null : position.substring(space + 1),
                limit + 1));
    boolean more = found.size() > limit;
    List<DeliveryView> page = more ? found.subList(0, limit) : found;
    return ApiJson.text(
        new ListResource.Page(
            page,
            more
                ? cursors.write(
                    caller.tenant(), list, page.getLast().createdAt() + " " + page.getLast().id())
                : null,
            more));
  }

  /** One delivery with its attempts. */
  @GET
  @Path("{id}/deliveries/{delivery}")
  public String get(
      @PathParam("id") String id, @PathParam("delivery") String delivery, @Context UriInfo uri) {
    Query.of(uri);
    return ApiJson.text(delivery(stored(id), delivery));
  }

  /** Sends it again: the same id, and the retry schedule from its start. */
  @POST
  @Path("{id}/deliveries/{delivery}/redeliver")
  public Response redeliver(
      @PathParam("id") String id,
      @PathParam("delivery") String delivery,
      InputStream in,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    Query.of(uri);
    requests.withBody(headers, in, WebhookResource::requireEmpty);
    String stored = stored(id);
    String known = delivery(stored, delivery).id();
    webhooks.ask(
        new WebhookEvent.RedeliveryRequested(
            stored, caller.tenant(), known, "req_" + HttpEdge.newJobId().value()));
    return accepted(id, known);
  }

  private String stored(String id) {
    String stored = WebhookViews.stored(caller.tenant(), id);
    WebhookResource.require(views.endpoint(caller.tenant(), stored).isPresent());
    return stored;
  }

  private DeliveryView delivery(String stored, String delivery) {
    return views.delivery(caller.tenant(), stored, delivery).orElseThrow(WebhookResource::notFound);
  }
}
