package dev.muster.gateway.shell.http;

import dev.muster.contracts.webhook.WebhookEvent;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.config.WebhookSecrets;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.shell.store.WebhookRepository;
import dev.muster.gateway.shell.store.WebhookViews;
import dev.muster.gateway.submission.EndpointReader;
import dev.muster.gateway.submission.FieldError;
import dev.muster.gateway.submission.JsonValue;
import dev.muster.gateway.view.WebhookView;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;

/** Webhook endpoints of a tenant, and the secret that signs what goes to callbacks. */
@Path("/api/v1/webhooks")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class WebhookResource {
  private final Requests requests;
  private final Caller caller;
  private final WebhookRepository webhooks;
  private final WebhookViews views;
  private final WebhookSecrets secrets;

  WebhookResource(
      Requests requests,
      Caller caller,
      WebhookRepository webhooks,
      WebhookViews views,
      WebhookSecrets secrets) {
    this.requests = requests;
    this.caller = caller;
    this.webhooks = webhooks;
    this.views = views;
    this.secrets = secrets;
  }

  /**
   * Makes an endpoint. The answer has its secret, and no later one has but that to the same request
   * with the same Idempotency-Key.
   */
  @POST
  public Response create(InputStream in, @Context HttpHeaders headers, @Context UriInfo uri) {
    Query.of(uri);
    Requests.idempotencyKey(headers);
    WebhookRepository.Made made =
        requests.withBody(
            headers,
            in,
            body -> {
              JsonBody.Read read = JsonBody.read(body, BodyShape.PLAIN);
              return webhooks.create(
                  caller.tenant(),
                  "ep_" + HttpEdge.newJobId().value(),
                  value(EndpointReader.read(read.root(), true, secrets.rules())),
                  Requests.repeat(headers, "webhooks", read.fingerprint()));
            });
    return Response.status(201)
        .entity(ApiJson.text(view(made.id()).withSecret(made.secret())))
        .header(HttpHeaders.LOCATION, "/api/v1/webhooks/" + made.id())
        .build();
  }

  /** All endpoints; there are few. */
  @GET
  public String list(@Context UriInfo uri) {
    Query.of(uri);
    return ApiJson.text(new ListResource.Page(views.endpoints(caller.tenant()), null, false));
  }

  /** One endpoint. */
  @GET
  @Path("{id}")
  public String get(@PathParam("id") String id, @Context UriInfo uri) {
    Query.of(uri);
    return ApiJson.text(view(id));
  }

  /** Changes an endpoint; an enabled one that was disabled for its failures works again. */
  @PUT
  @Path("{id}")
  public String update(
      @PathParam("id") String id,
      InputStream in,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    Query.of(uri);
    EndpointReader.Wish wish =
        value(
            requests.withBody(
                headers,
                in,
                body ->
                    EndpointReader.read(
                        JsonBody.read(body, BodyShape.PLAIN).root(), false, secrets.rules())));
    requireOwn(id);
    require(webhooks.update(caller.tenant(), id, wish));
    return ApiJson.text(view(id));
  }

  /** Deletes an endpoint; what waits for it is given up. */
  @DELETE
  @Path("{id}")
  public Response delete(@PathParam("id") String id, @Context UriInfo uri) {
    Query.of(uri);
    requireOwn(id);
    require(webhooks.delete(caller.tenant(), id));
    return Response.noContent().build();
  }

  /** A new secret; the old one signs beside it for a while, so that no receiver misses one. */
  @POST
  @Path("{id}/rotate")
  public String rotate(
      @PathParam("id") String id,
      InputStream in,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    Query.of(uri);
    long overlap =
        requests.withBody(
            headers,
            in,
            body ->
                body.view().hasRemaining()
                    ? value(
                        EndpointReader.overlapSeconds(JsonBody.read(body, BodyShape.PLAIN).root()))
                    : EndpointReader.OVERLAP_SECONDS);
    if (id.equals(WebhookViews.CALLBACK)) {
      webhooks.ensureCallback(caller.tenant());
    }
    String stored = WebhookViews.stored(caller.tenant(), id);
    String secret =
        webhooks
            .rotate(caller.tenant(), stored, Duration.ofSeconds(overlap))
            .orElseThrow(WebhookResource::notFound);
    return ApiJson.text(view(id).withSecret(secret));
  }

  /** Sends a test event, once. */
  @POST
  @Path("{id}/ping")
  public Response ping(
      @PathParam("id") String id,
      InputStream in,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    Query.of(uri);
    requests.withBody(headers, in, WebhookResource::requireEmpty);
    requireOwn(id);
    if (view(id).status().equals("disabled")) {
      throw new ProblemException(
          ProblemKind.WEBHOOK_DISABLED, "Expected an enabled webhook, but it is disabled");
    }
    String delivery = "msg_ping_" + HttpEdge.newJobId().value();
    webhooks.ask(new WebhookEvent.PingRequested(id, caller.tenant(), delivery));
    return DeliveryResource.accepted(id, delivery);
  }

  private WebhookView view(String id) {
    return views
        .endpoint(caller.tenant(), WebhookViews.stored(caller.tenant(), id))
        .orElseThrow(WebhookResource::notFound);
  }

  /** The endpoint that signs callbacks is made by us and stays. */
  private static void requireOwn(String id) {
    require(id.startsWith("ep_"));
  }

  static void require(boolean found) {
    if (!found) {
      throw notFound();
    }
  }

  /** The same answer for what does not exist and for what belongs to another tenant. */
  static ProblemException notFound() {
    return new ProblemException(
        ProblemKind.NOT_FOUND, "Expected a known webhook or delivery, but there is none");
  }

  /** An empty body, or an empty object. */
  static boolean requireEmpty(RequestBody body) {
    if (body.view().hasRemaining()
        && !(JsonBody.read(body, BodyShape.PLAIN).root() instanceof JsonValue.Fields fields
            && fields.members().isEmpty())) {
      throw new ProblemException(
          ProblemKind.VALIDATION,
          "Expected no body, or an empty object",
          List.of(new FieldError("", "type", "Expected no body, or an empty object")));
    }
    return true;
  }

  private static <T> T value(EndpointReader.Read<T> read) {
    if (read.value() == null) {
      throw JobResource.refusal(EndpointReader.refused(read.errors()));
    }
    return read.value();
  }
}
