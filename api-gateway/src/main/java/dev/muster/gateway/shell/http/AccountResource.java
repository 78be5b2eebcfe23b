package dev.muster.gateway.shell.http;

import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.money.PriceList;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.config.GatewayConfig;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.store.LedgerRepository;
import dev.muster.gateway.view.BalanceView;
import dev.muster.gateway.view.Money;
import dev.muster.kit.Database;
import dev.muster.kit.PriceTable;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** What use costs, what is set aside for which job, and what a job would have set aside. */
@Path("/api/v1/account")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class AccountResource {
  private static final long HOUR_SECONDS = 3_600;

  private final Caller caller;
  private final LedgerRepository ledger;
  private final Database database;
  private final GatewayConfig config;
  private final BalanceResource balances;
  private final Cursors cursors;
  private final PriceTable prices = new PriceTable();

  AccountResource(
      Caller caller,
      LedgerRepository ledger,
      Database database,
      GatewayConfig config,
      BalanceResource balances,
      Cursors cursors) {
    this.caller = caller;
    this.ledger = ledger;
    this.database = database;
    this.config = config;
    this.balances = balances;
    this.cursors = cursors;
  }

  /**
   * What devices of one class cost.
   *
   * @param deviceClass {@code cpu} is a core, {@code gpu} any GPU without a class of its own, every
   *     other class a part of a GPU's model name
   */
  record Price(String deviceClass, BigDecimal usdPerSecond, BigDecimal usdPerHour) {}

  /** What is set aside for a job. */
  record Hold(String jobId, BigDecimal heldUsd) {
    static Hold of(LedgerRepository.Held held) {
      return new Hold(held.job().external(), Money.dollars(held.nanos()));
    }
  }

  /**
   * What a job would have set aside when it is submitted now.
   *
   * @param usdPerSecond what one task costs while it runs
   * @param heldSeconds how long each task is held for
   * @param holdUsd what is set aside
   * @param availableUsd what the account has
   * @param covered whether that is enough
   * @param creditRequired whether a job that is not covered is refused
   */
  record Quote(
      BigDecimal usdPerSecond,
      int tasks,
      long heldSeconds,
      BigDecimal holdUsd,
      BigDecimal availableUsd,
      boolean covered,
      boolean creditRequired) {}

  /** The same as {@code /balance}. */
  @GET
  @Path("balance")
  public String balance(@Context UriInfo uri) {
    return balances.balance(uri);
  }

  /** The same as {@code /balance/entries}. */
  @GET
  @Path("ledger")
  public String entries(@Context UriInfo uri) {
    return balances.entries(uri);
  }

  /** What the operator charges. */
  @GET
  @Path("prices")
  public String prices(@Context UriInfo uri) {
    Query.of(uri);
    List<Price> list =
        current().nanosPerSecond().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(price ->
                new Price(
                    price.getKey(),
                    Money.dollars(price.getValue()),
                    Money.dollars(Math.multiplyExact(price.getValue(), HOUR_SECONDS))))
            .toList();
    return ApiJson.text(new ListResource.Page(list, null, false));
  }

  /** What is set aside for jobs under way, the newest first. */
  @GET
  @Path("holds")
  public String holds(@Context UriInfo uri) {
    Query query = Query.of(uri, "limit", "cursor");
    int limit = query.integer("limit", 1, 1_000, 100);
    query.check();
    String tenant = caller.tenant();
    String list = "account/holds";
    String before = cursors.read(tenant, list, query.text("cursor"));
    List<LedgerRepository.Held> found = ledger.holds(tenant, before, limit + 1);
    boolean more = found.size() > limit;
    List<LedgerRepository.Held> page = more ? found.subList(0, limit) : found;
    return ApiJson.text(
        new ListResource.Page(
            page.stream().map(Hold::of).toList(),
            more ? cursors.write(tenant, list, page.getLast().job().value()) : null,
            more));
  }

  /** What a job would have set aside. */
  @GET
  @Path("quotes")
  public String quote(@Context UriInfo uri) {
    Query query = Query.of(uri, "gpus", "gpu_model", "cpus", "tasks", "timeout_s");
    int gpus = query.integer("gpus", 0, 64, 0);
    int cpus = query.integer("cpus", 0, 1_024, 1);
    int tasks = query.integer("tasks", 1, 1_000_000, 1);
    int timeout = query.integer("timeout_s", 1, 604_800, 3_600);
    String model = query.text("gpu_model");
    if (model != null && model.length() > 100) {
      query.error("gpu_model", "max-length", "Expected at most 100 characters");
    }
    query.check();
    return ApiJson.text(quoted(new ResourceRequest(gpus, 0, model, cpus, 0, 0), tasks, timeout));
  }

  private Quote quoted(ResourceRequest request, int tasks, int timeout) {
    PriceList list = current();
    long seconds = Math.min(timeout, config.creditHoldMax().toSeconds());
    BigDecimal hold = Money.dollars(list.hold(request, tasks, seconds));
    BalanceView balance = ledger.balance(caller.tenant());
    return new Quote(
        Money.dollars(list.hold(request, 1, 1)),
        tasks,
        seconds,
        hold,
        balance.availableUsd(),
        hold.compareTo(balance.availableUsd()) <= 0,
        config.creditRequired());
  }

  private PriceList current() {
    return database.transaction(prices::current);
  }
}
