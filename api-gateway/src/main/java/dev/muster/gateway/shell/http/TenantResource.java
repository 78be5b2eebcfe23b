package dev.muster.gateway.shell.http;

import dev.muster.gateway.key.Scope;
import dev.muster.gateway.key.TenantRequest;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.auth.Tenancy;
import dev.muster.gateway.shell.auth.TenantRow;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.util.List;

/** Makes and lists tenants, for keys with the scope admin. */
@Path("/api/v1/tenants")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class TenantResource {
  private final Requests requests;
  private final Caller caller;
  private final Tenancy tenancy;
  private final Cursors cursors;

  TenantResource(Requests requests, Caller caller, Tenancy tenancy, Cursors cursors) {
    this.requests = requests;
    this.caller = caller;
    this.tenancy = tenancy;
    this.cursors = cursors;
  }

  /** Makes a tenant. A lost answer does no harm: the repeat says 409. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  public Response create(InputStream in, @Context HttpHeaders headers, @Context UriInfo uri) {
    Query.of(uri);
    caller.require(Scope.ADMIN);
    TenantRequest request =
        requests.withBody(
            headers,
            in,
            body ->
                Requests.valid(TenantRequest.read(JsonBody.read(body, BodyShape.PLAIN).root())));
    TenantRow made =
        tenancy
            .makeTenant(request)
            .orElseThrow(() ->
                new ProblemException(
                    ProblemKind.TENANT_EXISTS,
                    "Expected a tenant that does not exist yet, but it does"));
    return Response.status(201).entity(ApiJson.text(made)).build();
  }

  /** Tenants in order of their id. */
  @GET
  public String list(@Context UriInfo uri) {
    Query query = Query.of(uri, "limit", "cursor");
    caller.require(Scope.ADMIN);
    int limit = query.integer("limit", 1, 200, 50);
    String cursor = query.text("cursor");
    query.check();
    String position = cursors.read(caller.tenant(), "tenants", cursor);
    List<TenantRow> found = tenancy.tenants(position == null ? "" : position, limit + 1);
    return ApiJson.text(
        ListResource.Page.of(
            found, limit, last -> cursors.write(caller.tenant(), "tenants", last.tenant())));
  }
}
