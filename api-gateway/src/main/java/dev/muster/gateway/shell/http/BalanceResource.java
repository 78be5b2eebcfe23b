package dev.muster.gateway.shell.http;

import dev.muster.gateway.key.Scope;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.shell.store.LedgerRepository;
import dev.muster.gateway.submission.FieldError;
import dev.muster.gateway.submission.JsonValue;
import dev.muster.gateway.view.Money;
import dev.muster.kit.OutboxRelay;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import io.vertx.sqlclient.Row;
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
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Shows what a tenant has and what moved it; lets an administrator grant credit. */
@Path("/api/v1/balance")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class BalanceResource {
  private static final int NOTE_MAX = 500;

  private final Requests requests;
  private final Caller caller;
  private final LedgerRepository ledger;
  private final OutboxRelay relay;
  private final Cursors cursors;

  BalanceResource(
      Requests requests,
      Caller caller,
      LedgerRepository ledger,
      OutboxRelay relay,
      Cursors cursors) {
    this.requests = requests;
    this.caller = caller;
    this.ledger = ledger;
    this.relay = relay;
    this.cursors = cursors;
  }

  /** One transaction of the ledger, as the tenant sees it. */
  record Entry(
      long id,
      String kind,
      @Nullable String jobId,
      @Nullable String note,
      Instant at,
      BigDecimal availableUsd,
      BigDecimal heldUsd,
      BigDecimal spentUsd) {
    static Entry of(Row row) {
      String job = row.getString("job_id");
      return new Entry(
          row.getLong("id"),
          row.getString("kind").toLowerCase(Locale.ROOT),
          job == null ? null : "job_" + job,
          row.getString("note"),
          row.get(OffsetDateTime.class, "at").toInstant(),
          Money.dollars(row.getLong("available")),
          Money.dollars(row.getLong("held")),
          Money.dollars(row.getLong("spent")));
    }
  }

  /** A grant as it is answered. */
  record Granted(String grantId, String tenant, BigDecimal amountUsd, @Nullable String note) {}

  /** What the caller's tenant has. */
  @GET
  public String balance(@Context UriInfo uri) {
    Query.of(uri);
    return ApiJson.text(ledger.balance(caller.tenant()));
  }

  /** What moved the balance, newest first. */
  @GET
  @Path("entries")
  public String entries(@Context UriInfo uri) {
    Query query = Query.of(uri, "limit", "cursor");
    int limit = query.integer("limit", 1, 1_000, 100);
    query.check();
    String list = "balance/entries";
    String position = cursors.read(caller.tenant(), list, query.text("cursor"));
    long before = position == null ? Long.MAX_VALUE : Long.parseLong(position);
    List<Row> rows = ledger.postings(caller.tenant(), before, limit + 1);
    boolean more = rows.size() > limit;
    List<Row> page = more ? rows.subList(0, limit) : rows;
    return ApiJson.text(
        new ListResource.Page(
            page.stream().map(Entry::of).toList(),
            more
                ? cursors.write(caller.tenant(), list, Long.toString(page.getLast().getLong("id")))
                : null,
            more));
  }

  /** Puts credit on an account; a repeat with the same Idempotency-Key is the same grant. */
  @POST
  @Path("grants")
  @Consumes(MediaType.APPLICATION_JSON)
  public Response grant(
      InputStream in,
      @Context HttpHeaders headers,
      @Context UriInfo uri,
      @Context RoutingContext context) {
    caller.require(Scope.ADMIN);
    Query.of(uri);
    String key = Requests.idempotencyKey(headers);
    LedgerRepository.Grant wanted =
        requests.withBody(headers, in, body -> read(JsonBody.read(body, BodyShape.PLAIN).root()));
    if (!ledger.isTenant(wanted.tenant())) {
      throw invalid("/tenant", "unknown", "Expected a tenant, but there is none of this name");
    }
    LedgerRepository.Grant kept =
        ledger.grant(wanted, caller.tenant(), key, HttpEdge.traceparent(context));
    if (!kept.tenant().equals(wanted.tenant()) || kept.nanos() != wanted.nanos()) {
      throw new ProblemException(JobResource.mismatch());
    }
    relay.wake();
    return Response.accepted(
            ApiJson.text(
                new Granted(
                    "grant_" + kept.id().value(),
                    kept.tenant(),
                    Money.dollars(kept.nanos()),
                    kept.note())))
        .build();
  }

  private LedgerRepository.Grant read(JsonValue root) {
    if (!(root instanceof JsonValue.Fields fields)) {
      throw invalid("", "type", "Expected an object, but got " + root.kind().words());
    }
    if (!Set.of("tenant", "amount_usd", "note").containsAll(fields.members().keySet())) {
      throw invalid("", "unknown-field", "Expected tenant, amount_usd, note and nothing else");
    }
    String tenant = text(fields, "tenant");
    String amount = text(fields, "amount_usd");
    if (amount == null) {
      throw invalid("/amount_usd", "required", "Expected an amount such as \"25.00\"");
    }
    long nanos =
        Money.nanos(amount)
            .orElseThrow(() ->
                invalid(
                    "/amount_usd",
                    "range",
                    "Expected more than 0 and at most 1000000000 dollars, up to 9 decimals"));
    String note = text(fields, "note");
    if (note != null && note.length() > NOTE_MAX) {
      throw invalid("/note", "max-length", "Expected at most " + NOTE_MAX + " characters");
    }
    return new LedgerRepository.Grant(
        HttpEdge.newJobId(), tenant == null ? caller.tenant() : tenant, nanos, note);
  }

  private static @Nullable String text(JsonValue.Fields fields, String name) {
    JsonValue.Member member = fields.members().get(name);
    if (member == null) {
      return null;
    }
    return switch (member.value()) {
      case JsonValue.Text text -> text.text();
      case JsonValue.Numeral numeral when name.equals("amount_usd") -> numeral.literal();
      case JsonValue value ->
          throw invalid("/" + name, "type", "Expected a string, but got " + value.kind().words());
    };
  }

  private static ProblemException invalid(String pointer, String code, String detail) {
    return new ProblemException(
        ProblemKind.VALIDATION, detail, List.of(new FieldError(pointer, code, detail)));
  }
}
