package dev.muster.gateway.shell;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** Says to load balancers whether the gateway takes requests, and nothing else. */
@Path("/health")
@RunOnVirtualThread
public class HealthResource {
  private final Vitals vitals;

  HealthResource(Vitals vitals) {
    this.vitals = vitals;
  }

  /** 200 or 503. */
  @GET
  @Produces(MediaType.APPLICATION_JSON)
  public Response health() {
    boolean up = vitals.isUp();
    return Response.status(up ? 200 : 503)
        .entity(up ? "{\"status\":\"up\"}" : "{\"status\":\"down\"}")
        .build();
  }
}
