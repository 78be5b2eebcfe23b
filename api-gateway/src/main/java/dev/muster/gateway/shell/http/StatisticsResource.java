package dev.muster.gateway.shell.http;

import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.store.LedgerRepository;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.LocalDate;

/** Shows what a tenant's jobs came to. */
@Path("/api/v1/stats")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class StatisticsResource {
  private final Caller caller;
  private final LedgerRepository ledger;

  StatisticsResource(Caller caller, LedgerRepository ledger) {
    this.caller = caller;
    this.ledger = ledger;
  }

  /** Sums over days in UTC, both ends included; all days without a range. */
  @GET
  public String statistics(@Context UriInfo uri) {
    Query query = Query.of(uri, "from", "to");
    LocalDate from = query.date("from");
    LocalDate to = query.date("to");
    if (from != null && to != null && to.isBefore(from)) {
      query.error("to", "range", "Expected a day that is not before from");
    }
    query.check();
    return ApiJson.text(ledger.statistics(caller.tenant(), from, to));
  }
}
