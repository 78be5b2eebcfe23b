package dev.muster.gateway.shell.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.muster.contracts.Message;
import dev.muster.contracts.Topic;
import dev.muster.contracts.webhook.SigningSecret;
import dev.muster.contracts.webhook.WebhookEvent;
import dev.muster.contracts.webhook.WebhookKinds;
import dev.muster.gateway.shell.config.GatewayConfig;
import dev.muster.gateway.shell.config.WebhookSecrets;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.submission.EndpointReader;
import dev.muster.kit.Database;
import dev.muster.kit.Json;
import dev.muster.kit.OutboxRelay;
import dev.muster.kit.OutboxRow;
import dev.muster.kit.Tx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Edits webhook endpoints. Every change gets a version and, in its transaction, the record that
 * tells the aggregator. Every statement names the tenant.
 */
@Singleton
public class WebhookRepository {
  private static final TypeReference<List<SigningSecret>> SECRETS = new TypeReference<>() {};

  /** One that signs now, and those before it that still do. */
  private static final int SECRETS_MAX = 3;

  private final Database database;
  private final DatabaseWatch watch;
  private final OutboxRelay relay;
  private final WebhookSecrets secrets;
  private final GatewayConfig config;

  WebhookRepository(
      Database database,
      DatabaseWatch watch,
      OutboxRelay relay,
      WebhookSecrets secrets,
      GatewayConfig config) {
    this.database = database;
    this.watch = watch;
    this.relay = relay;
    this.secrets = secrets;
    this.config = config;
  }

  /**
   * An endpoint that was made.
   *
   * @param id its id
   * @param secret what signs, to be shown once
   */
  public record Made(String id, String secret) {}

  /**
   * Makes an endpoint, or finds the one that the first of these requests made; that one is answered
   * with the same secret, whose client may never have seen it.
   *
   * @param id of the new one
   * @param repeat what makes the request recognisable, if anything does
   */
  public Made create(
      String tenant, String id, EndpointReader.Wish wish, Draft.@Nullable Repeat repeat) {
    WebhookSecrets.Fresh fresh = fresh(id);
    return transaction(tx -> {
      // Serialises the makers of one tenant, so that the limit is one.
      tx.query("SELECT FROM gateway.tenant WHERE id = $1 FOR UPDATE", tenant);
      Made before = repeat == null ? null : made(tx, tenant, repeat);
      if (before != null) {
        return before;
      }
      long count =
          tx.query(
                  "SELECT count(*) FROM gateway.webhook_endpoint WHERE tenant = $1"
                      + " AND url IS NOT NULL",
                  tenant)
              .iterator()
              .next()
              .getLong(0);
      if (count >= config.webhooksMax()) {
        throw new ProblemException(
            ProblemKind.TOO_MANY_WEBHOOKS,
            "Expected fewer than " + config.webhooksMax() + " webhooks; delete one first");
      }
      insert(tx, tenant, id, wish, fresh.sealed());
      if (repeat != null) {
        keep(tx, tenant, id, fresh.sealed(), repeat);
      }
      return new Made(id, fresh.shown());
    });
  }

  private @Nullable Made made(Tx tx, String tenant, Draft.Repeat repeat) {
    for (Row row :
        tx.query(
            "SELECT fingerprint, job_id, answer FROM gateway.idempotency"
                + " WHERE tenant = $1 AND route = $2 AND key = $3",
            tenant,
            repeat.route(),
            repeat.key())) {
      if (!Arrays.equals(row.getBuffer("fingerprint").getBytes(), repeat.fingerprint())) {
        throw new ProblemException(
            ProblemKind.IDEMPOTENCY_MISMATCH,
            "Expected the request that this Idempotency-Key was first used for, but it differs");
      }
      String id = row.getString("job_id");
      return new Made(
          id,
          secrets
              .shown(id, row.getString("answer"))
              .orElseThrow(() ->
                  new ProblemException(
                      ProblemKind.UNAVAILABLE,
                      "Expected to open the secret that was made, but its key is gone")));
    }
    return null;
  }

  /** What was made, with its secret as it is kept: encrypted. */
  private static void keep(
      Tx tx, String tenant, String id, SigningSecret secret, Draft.Repeat repeat) {
    tx.later(
        "INSERT INTO gateway.idempotency"
            + " (tenant, route, key, fingerprint, job_id, answer, created_at)"
            + " VALUES ($1, $2, $3, $4, $5, $6, now())",
        tenant,
        repeat.route(),
        repeat.key(),
        Buffer.buffer(repeat.fingerprint()),
        id,
        secret.sealed());
  }

  /** Makes the endpoint that signs callbacks, unless the tenant has it. */
  public void ensureCallback(String tenant) {
    String id = WebhookEvent.callbackEndpoint(tenant);
    WebhookSecrets.Fresh fresh = fresh(id);
    EndpointReader.Wish nothing = new EndpointReader.Wish(null, List.of(), null, true);
    transaction(tx -> {
      insert(tx, tenant, id, nothing, fresh.sealed());
      return id;
    });
  }

  private WebhookSecrets.Fresh fresh(String id) {
    return secrets
        .make(id)
        .orElseThrow(() ->
            new ProblemException(
                ProblemKind.UNAVAILABLE, "Expected webhooks to be set up, but they are not"));
  }

  private static void insert(
      Tx tx, String tenant, String id, EndpointReader.Wish wish, SigningSecret secret) {
    List<String> events = wish.events() == null ? WebhookKinds.DEFAULT : wish.events();
    boolean enabled = wish.enabled() == null || wish.enabled();
    int made =
        tx.update(
            "INSERT INTO gateway.webhook_endpoint (id, tenant, version, url, events, description,"
                + " enabled, secrets, created_at, updated_at) VALUES ($1, $2, 1, NULLIF($3, ''),"
                + " $4, NULLIF($5, ''), $6, $7, now(), now()) ON CONFLICT (id) DO NOTHING",
            id,
            tenant,
            orEmpty(wish.url()),
            events.toArray(String[]::new),
            orEmpty(wish.description()),
            enabled,
            Json.text(List.of(secret)));
    if (made > 0) {
      send(
          tx,
          tenant,
          new WebhookEvent.EndpointSaved(
              id, tenant, 1, wish.url(), events, enabled, List.of(secret)));
    }
  }

  /** Changes an endpoint; what the wish leaves out stays. */
  public boolean update(String tenant, String id, EndpointReader.Wish wish) {
    return change(
        tenant,
        id,
        old ->
            new WebhookEvent.EndpointSaved(
                id,
                tenant,
                old.version() + 1,
                old.url() == null || wish.url() == null ? old.url() : wish.url(),
                wish.events() == null ? old.events() : wish.events(),
                wish.enabled() == null ? old.enabled() : wish.enabled(),
                old.secrets()),
        wish.description());
  }

  /**
   * Gives the endpoint a new secret. The old one signs beside it for a while.
   *
   * @return the new secret, to be shown once; empty when there is no such endpoint
   */
  public Optional<String> rotate(String tenant, String id, Duration overlap) {
    WebhookSecrets.Fresh fresh = fresh(id);
    Instant now = watch.call(() -> database.transaction(Tx::now));
    boolean known =
        change(
            tenant,
            id,
            old ->
                new WebhookEvent.EndpointSaved(
                    id,
                    tenant,
                    old.version() + 1,
                    old.url(),
                    old.events(),
                    old.enabled(),
                    rotated(fresh.sealed(), old.secrets(), now, now.plus(overlap))),
            null);
    return known ? Optional.of(fresh.shown()) : Optional.empty();
  }

  private static List<SigningSecret> rotated(
      SigningSecret fresh, List<SigningSecret> old, Instant now, Instant until) {
    List<SigningSecret> all = new ArrayList<>();
    all.add(fresh);
    for (SigningSecret secret : old) {
      Instant end =
          secret.until() == null || secret.until().isAfter(until) ? until : secret.until();
      if (end.isAfter(now) && all.size() < SECRETS_MAX) {
        all.add(new SigningSecret(secret.sealed(), end));
      }
    }
    return all;
  }

  private boolean change(
      String tenant,
      String id,
      Function<WebhookEvent.EndpointSaved, WebhookEvent.EndpointSaved> edit,
      @Nullable String description) {
    return transaction(tx -> {
      WebhookEvent.EndpointSaved old = find(tx, tenant, id);
      if (old == null) {
        return false;
      }
      WebhookEvent.EndpointSaved saved = edit.apply(old);
      tx.later(
          "UPDATE gateway.webhook_endpoint SET version = $3, url = NULLIF($4, ''), events = $5,"
              + " enabled = $6, secrets = $7, description = COALESCE(NULLIF($8, ''), description),"
              + " updated_at = now() WHERE tenant = $1 AND id = $2",
          tenant,
          id,
          saved.version(),
          orEmpty(saved.url()),
          saved.events().toArray(String[]::new),
          saved.enabled(),
          Json.text(saved.secrets()),
          orEmpty(description));
      send(tx, tenant, saved);
      return true;
    });
  }

  /** Deletes an endpoint; what waits for it is given up. */
  public boolean delete(String tenant, String id) {
    return transaction(tx -> {
      WebhookEvent.EndpointSaved old = find(tx, tenant, id);
      if (old == null || old.url() == null) {
        return false;
      }
      tx.later("DELETE FROM gateway.webhook_endpoint WHERE tenant = $1 AND id = $2", tenant, id);
      send(tx, tenant, new WebhookEvent.EndpointDeleted(id, tenant, old.version() + 1));
      return true;
    });
  }

  /** Asks for a test event. */
  public void ask(WebhookEvent.PingRequested wish) {
    ask(wish, wish.delivery());
  }

  /** Asks for a delivery once more. */
  public void ask(WebhookEvent.RedeliveryRequested wish) {
    ask(wish, wish.delivery());
  }

  /** Asks the aggregator for something; the last wish about a delivery is kept for a while. */
  private void ask(WebhookEvent wish, String delivery) {
    transaction(tx -> {
      tx.later(
          "INSERT INTO gateway.webhook_wish (delivery, tenant, wish, asked_at)"
              + " VALUES ($1, $2, $3, now()) ON CONFLICT (delivery) DO UPDATE"
              + " SET wish = EXCLUDED.wish, asked_at = EXCLUDED.asked_at",
          delivery,
          wish.tenant(),
          Json.text(wish));
      tx.later(
          "DELETE FROM gateway.webhook_wish WHERE delivery IN (SELECT delivery"
              + " FROM gateway.webhook_wish WHERE asked_at < now() - interval '30 days'"
              + " ORDER BY asked_at LIMIT 100)");
      send(tx, wish.tenant(), wish);
      return true;
    });
  }

  private static WebhookEvent.@Nullable EndpointSaved find(Tx tx, String tenant, String id) {
    for (Row row :
        tx.query(
            "SELECT version, url, events, enabled, secrets FROM gateway.webhook_endpoint"
                + " WHERE tenant = $1 AND id = $2 FOR UPDATE",
            tenant,
            id)) {
      return saved(row, id, tenant);
    }
    return null;
  }

  /** An endpoint as it is now, from its row. */
  static WebhookEvent.EndpointSaved saved(Row row, String id, String tenant) {
    return new WebhookEvent.EndpointSaved(
        id,
        tenant,
        row.getLong("version"),
        row.getString("url"),
        List.of(row.getArrayOfStrings("events")),
        row.getBoolean("enabled"),
        secrets(row.getString("secrets")));
  }

  static List<SigningSecret> secrets(String json) {
    try {
      return Json.MAPPER.readValue(json, SECRETS);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Expected a list of secrets, but got something else", e);
    }
  }

  private <T> T transaction(Function<Tx, T> work) {
    T result = watch.call(() -> database.transaction(work));
    relay.wake();
    return result;
  }

  static void send(Tx tx, String tenant, WebhookEvent event) {
    byte[] body = Json.bytes(Topic.WEBHOOKS, new Message<>(tx.now(), List.of(event)));
    tx.send(
        List.of(
            new OutboxRow(
                Topic.WEBHOOKS.name(), null, tenant, Topic.WEBHOOKS.ceType(), null, body)));
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
