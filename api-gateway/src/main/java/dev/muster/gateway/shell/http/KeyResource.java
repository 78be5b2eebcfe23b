package dev.muster.gateway.shell.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.muster.gateway.key.KeyRequest;
import dev.muster.gateway.key.Scope;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.auth.KeyRow;
import dev.muster.gateway.shell.auth.Tenancy;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.submission.FieldError;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
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
import org.jspecify.annotations.Nullable;

/**
 * Makes, lists and revokes API keys of the caller's tenant; with the scope admin, of every tenant.
 * A key makes and revokes none that can do more, or longer, than itself.
 */
@Path("/api/v1/keys")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class KeyResource {
  private final Requests requests;
  private final Caller caller;
  private final Tenancy tenancy;
  private final Cursors cursors;

  KeyResource(Requests requests, Caller caller, Tenancy tenancy, Cursors cursors) {
    this.requests = requests;
    this.caller = caller;
    this.tenancy = tenancy;
    this.cursors = cursors;
  }

  /** What is told of a new key; the key itself is never shown again. */
  record NewKey(String key, @JsonUnwrapped KeyRow row) {}

  /** Makes a key. When the answer is lost, so is the key: revoke it and make another. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  public Response create(InputStream in, @Context HttpHeaders headers, @Context UriInfo uri) {
    Query.of(uri);
    KeyRequest request =
        requests.withBody(
            headers,
            in,
            body -> Requests.valid(KeyRequest.read(JsonBody.read(body, BodyShape.PLAIN).root())));
    requireReach(request.scopes());
    requireEnd(request);
    String tenant = tenant(request.tenant());
    if (tenancy.tenant(tenant).isEmpty()) {
      throw invalid("/tenant", "unknown", "Expected an existing tenant, but there is none");
    }
    Tenancy.Made made =
        tenancy
            .makeKey(tenant, request)
            .orElseThrow(
                () -> invalid("/expires_at", "past", "Expected a time to come, but it is over"));
    return Response.status(201)
        .entity(ApiJson.text(new NewKey(made.key().written(), made.row())))
        .build();
  }

  /** Keys in order of their id, revoked and expired ones included. */
  @GET
  public String list(@Context UriInfo uri) {
    Query query = Query.of(uri, "tenant", "limit", "cursor");
    int limit = query.integer("limit", 1, 200, 50);
    String asked = query.text("tenant");
    String cursor = query.text("cursor");
    query.check();
    String tenant = tenant(asked);
    String list = "keys/" + tenant;
    String position = cursors.read(caller.tenant(), list, cursor);
    List<KeyRow> found = tenancy.keys(tenant, position == null ? "" : position, limit + 1);
    return ApiJson.text(
        ListResource.Page.of(
            found, limit, last -> cursors.write(caller.tenant(), list, last.keyId())));
  }

  /** Revokes a key; repeating it is harmless. */
  @DELETE
  @Path("{id}")
  public String revoke(@PathParam("id") String id, @Context UriInfo uri) {
    Query.of(uri);
    KeyRow key =
        tenancy
            .key(id)
            .filter(row -> row.tenant().equals(caller.tenant()) || caller.may(Scope.ADMIN))
            .orElseThrow(KeyResource::notFound);
    requireReach(Scope.parse(String.join(",", key.scopes())));
    return ApiJson.text(tenancy.revoke(id).orElseThrow(KeyResource::notFound));
  }

  private String tenant(@Nullable String asked) {
    if (asked == null || asked.equals(caller.tenant())) {
      return caller.tenant();
    }
    caller.require(Scope.ADMIN); // the same answer whether there is such a tenant or not
    return asked;
  }

  private void requireReach(Set<Scope> scopes) {
    scopes.stream().sorted().forEach(caller::require);
  }

  private void requireEnd(KeyRequest request) {
    Instant end = caller.principal().expiresAt();
    if (end != null && (request.expiresAt() == null || request.expiresAt().isAfter(end))) {
      throw invalid(
          "/expires_at", "max", "Expected a key that ends no later than the one that makes it");
    }
  }

  private static ProblemException invalid(String pointer, String code, String detail) {
    return new ProblemException(
        ProblemKind.VALIDATION, detail, List.of(new FieldError(pointer, code, detail)));
  }

  private static ProblemException notFound() {
    return new ProblemException(ProblemKind.NOT_FOUND, "Expected a known key, but there is none");
  }
}
