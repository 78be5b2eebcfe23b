package dev.muster.gateway.shell.store;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.webhook.SigningSecret;
import dev.muster.contracts.webhook.WebhookEvent;
import dev.muster.gateway.view.DeliveryView;
import dev.muster.gateway.view.WebhookView;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads endpoints, joined with how the aggregator finds them to work, and deliveries. Every query
 * names the tenant.
 */
@Singleton
public class WebhookViews {
  /** What the API calls the endpoint that signs callbacks. */
  public static final String CALLBACK = "callback";

  private static final int ATTEMPTS_MAX = 20;

  private static final String ENDPOINTS =
      "SELECT w.id, w.url, w.events, w.description, w.enabled, w.secrets, w.created_at,"
          + " w.updated_at, e.disabled_at, e.disabled_reason, l.failures, l.failing_since"
          + " FROM gateway.webhook_endpoint w"
          + " LEFT JOIN aggregator.webhook_endpoint e"
          + " ON e.endpoint_id = w.id AND e.version >= w.version"
          + " LEFT JOIN aggregator.webhook_lane l ON l.lane = w.id"
          + " WHERE w.tenant = $1";

  private static final String DELIVERIES =
      "SELECT delivery_id, event, job_id, seq, url, state, due_at, created_at, ended_at"
          + " FROM aggregator.webhook_delivery WHERE tenant = $1 AND endpoint_id = $2";

  private static final String ATTEMPTS =
      "SELECT a.* FROM unnest($1::text[]) AS d(id) CROSS JOIN LATERAL (SELECT * FROM"
          + " aggregator.webhook_attempt a WHERE a.delivery_id = d.id"
          + " ORDER BY attempt DESC LIMIT $2) a ORDER BY a.delivery_id, a.attempt";

  private final Pool pool;
  private final DatabaseWatch watch;

  WebhookViews(Pool pool, DatabaseWatch watch) {
    this.pool = pool;
    this.watch = watch;
  }

  /**
   * Which deliveries to list.
   *
   * @param state only those in this state, or null for all
   * @param fromCreated where the page begins: before this time …
   * @param fromId … or at it with a lower id
   * @param limit most deliveries
   */
  public record Filter(
      @Nullable String state, @Nullable Instant fromCreated, @Nullable String fromId, int limit) {}

  /** The tenant's endpoints, oldest first. */
  public List<WebhookView> endpoints(String tenant) {
    List<WebhookView> views = new ArrayList<>();
    for (Row row : query(ENDPOINTS + " ORDER BY w.url IS NULL, w.id", tenant)) {
      views.add(endpoint(row));
    }
    return views;
  }

  /** One endpoint; another tenant's is as absent as one that never was. */
  public Optional<WebhookView> endpoint(String tenant, String id) {
    RowSet<Row> rows = query(ENDPOINTS + " AND w.id = $2", tenant, id);
    return rows.size() == 0 ? Optional.empty() : Optional.of(endpoint(rows.iterator().next()));
  }

  /** Deliveries of an endpoint, newest first. */
  public List<DeliveryView> deliveries(String tenant, String endpoint, Filter filter) {
    return withAttempts(
        query(
            DELIVERIES
                + " AND ($3::text IS NULL OR state = $3)"
                + " AND ($4::timestamptz IS NULL OR (created_at, delivery_id) < ($4, $5::text))"
                + " ORDER BY created_at DESC, delivery_id DESC LIMIT $6",
            tenant,
            endpoint,
            filter.state(),
            filter.fromCreated() == null ? null : filter.fromCreated().atOffset(ZoneOffset.UTC),
            filter.fromId(),
            filter.limit()));
  }

  /** One delivery. */
  public Optional<DeliveryView> delivery(String tenant, String endpoint, String id) {
    return withAttempts(query(DELIVERIES + " AND delivery_id = $3", tenant, endpoint, id)).stream()
        .findFirst();
  }

  private List<DeliveryView> withAttempts(RowSet<Row> rows) {
    List<String> ids = new ArrayList<>();
    rows.forEach(row -> ids.add(row.getString("delivery_id")));
    Map<String, List<DeliveryView.Attempt>> attempts = new HashMap<>();
    if (!ids.isEmpty()) {
      for (Row row : query(ATTEMPTS, ids.toArray(String[]::new), ATTEMPTS_MAX)) {
        attempts
            .computeIfAbsent(row.getString("delivery_id"), id -> new ArrayList<>())
            .add(attempt(row));
      }
    }
    List<DeliveryView> views = new ArrayList<>();
    for (Row row : rows) {
      views.add(delivery(row, attempts.getOrDefault(row.getString("delivery_id"), List.of())));
    }
    return views;
  }

  private RowSet<Row> query(String sql, @Nullable Object... arguments) {
    return watch.await(pool.preparedQuery(sql).execute(Tuple.from(arguments)));
  }

  private static WebhookView endpoint(Row row) {
    String id = row.getString("id");
    boolean enabled = row.getBoolean("enabled");
    Instant disabledAt = JobRepository.instant(row, "disabled_at");
    Integer failures = row.getInteger("failures");
    boolean signs = row.getString("url") == null;
    String working = failures == null ? "active" : "failing";
    Instant previous =
        WebhookRepository.secrets(row.getString("secrets")).stream()
            .map(SigningSecret::until)
            .filter(Objects::nonNull)
            .max(Instant::compareTo)
            .orElse(null);
    return new WebhookView(
        signs ? CALLBACK : id,
        row.getString("url"),
        List.of(row.getArrayOfStrings("events")),
        row.getString("description"),
        enabled,
        !enabled || disabledAt != null ? "disabled" : working,
        disabledAt,
        row.getString("disabled_reason"),
        failures == null ? 0 : failures,
        JobRepository.instant(row, "failing_since"),
        previous,
        Objects.requireNonNull(JobRepository.instant(row, "created_at")),
        Objects.requireNonNull(JobRepository.instant(row, "updated_at")),
        null);
  }

  private static DeliveryView delivery(Row row, List<DeliveryView.Attempt> attempts) {
    String job = row.getString("job_id");
    String state = row.getString("state");
    return new DeliveryView(
        row.getString("delivery_id"),
        row.getString("event"),
        job == null ? null : new JobId(job).external(),
        row.getLong("seq"),
        row.getString("url"),
        state,
        state.equals("pending") ? JobRepository.instant(row, "due_at") : null,
        row.get(OffsetDateTime.class, "created_at").toInstant(),
        JobRepository.instant(row, "ended_at"),
        attempts);
  }

  private static DeliveryView.Attempt attempt(Row row) {
    return new DeliveryView.Attempt(
        row.getInteger("attempt"),
        row.get(OffsetDateTime.class, "started_at").toInstant(),
        row.getLong("millis"),
        row.getInteger("status"),
        row.getString("error"),
        row.getString("response"));
  }

  /** The id in the database for one in a path. */
  public static String stored(String tenant, String id) {
    return id.equals(CALLBACK) ? WebhookEvent.callbackEndpoint(tenant) : id;
  }
}
