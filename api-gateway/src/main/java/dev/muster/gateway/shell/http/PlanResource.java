package dev.muster.gateway.shell.http;

import dev.muster.gateway.key.Scope;
import dev.muster.gateway.retention.Plan;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.retention.DeletionRepository;
import dev.muster.gateway.submission.JsonValue;
import dev.muster.kit.Database;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;

/** The plans of tenants, for keys with the scope admin. */
@Path("/api/v1/tenants")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class PlanResource {
  private final Requests requests;
  private final Caller caller;
  private final Database database;

  PlanResource(Requests requests, Caller caller, Database database) {
    this.requests = requests;
    this.caller = caller;
    this.database = database;
  }

  /**
   * A tenant's plan.
   *
   * @param tenant the tenant
   * @param plan the plan
   * @param keptDays days for which results of jobs are kept that end now
   */
  public record PlanView(String tenant, String plan, long keptDays) {}

  /** The plan that a tenant has. */
  @GET
  @Path("{tenant}/plan")
  public String get(@PathParam("tenant") String tenant, @Context UriInfo uri) {
    Query.of(uri);
    if (!caller.tenant().equals(tenant)) {
      caller.require(Scope.ADMIN);
    }
    return view(tenant, database.transaction(tx -> DeletionRepository.plan(tx, tenant, tx.now())));
  }

  /** Gives a tenant another plan; what has ended is kept as long as it was. */
  @PUT
  @Path("{tenant}/plan")
  @Consumes(MediaType.APPLICATION_JSON)
  public String put(
      @PathParam("tenant") String tenant,
      InputStream in,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    Query.of(uri);
    caller.require(Scope.ADMIN);
    Plan plan = requests.withBody(headers, in, PlanResource::plan);
    boolean known =
        tenant.indexOf(0) < 0
            && database.transaction(tx -> DeletionRepository.changePlan(tx, tenant, plan));
    if (!known) {
      throw ProblemException.notFound("tenant");
    }
    return view(tenant, plan);
  }

  private static Plan plan(RequestBody body) {
    if (JsonBody.read(body, BodyShape.PLAIN).root() instanceof JsonValue.Fields fields) {
      JsonValue.Member member = fields.members().get("plan");
      if (fields.members().size() == 1
          && member != null
          && member.value() instanceof JsonValue.Text text) {
        return Plan.of(text.text())
            .orElseThrow(() ->
                ArtifactResource.invalid("/plan", "enum", "Expected free, pro or enterprise"));
      }
    }
    throw ArtifactResource.invalid("", "type", "Expected an object with the string plan");
  }

  private static String view(String tenant, Plan plan) {
    return ApiJson.text(new PlanView(tenant, plan.word(), plan.kept().toDays()));
  }
}
