package dev.muster.gateway.shell.stream;

import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.auth.TicketRepository;
import dev.muster.gateway.shell.http.TicketQuery;
import dev.muster.gateway.shell.json.ApiJson;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.time.Instant;

/** Gives out tickets for streams, so that no key ever stands in a URL. */
@Path("/api/v1/stream-tickets")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class TicketResource {
  private final Caller caller;
  private final TicketQuery query;
  private final TicketRepository tickets;

  TicketResource(Caller caller, TicketQuery query, TicketRepository tickets) {
    this.caller = caller;
    this.query = query;
    this.tickets = tickets;
  }

  /**
   * A ticket as the API shows it.
   *
   * @param ticket goes into the query of the stream's URL
   * @param path the stream it opens, once
   */
  record Given(String ticket, String path, Instant expiresAt) {}

  /** Makes a ticket. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  public Response make(InputStream in, @Context HttpHeaders headers, @Context UriInfo uri) {
    String path = query.path(in, headers, uri);
    TicketRepository.Ticket ticket = tickets.make(caller.principal(), path);
    return Response.status(201)
        .entity(ApiJson.text(new Given(ticket.text(), path, ticket.expiresAt())))
        .build();
  }
}
