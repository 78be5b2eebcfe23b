package dev.muster.gateway.shell.share;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.share.ShareToken;
import dev.muster.gateway.share.ShareView;
import dev.muster.kit.Tx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tables {@code share} and {@code share_event}. */
public final class ShareRepository {
  /** Downloads of one link that are kept one by one. */
  private static final int EVENTS_MAX = 1_000;

  private static final String SELECT =
      "SELECT s.*, CASE WHEN s.revoked_at IS NOT NULL THEN 'revoked'"
          + " WHEN s.expires_at <= now() THEN 'expired' ELSE 'active' END AS status"
          + " FROM gateway.share s";

  private ShareRepository() {}

  /**
   * A link that somebody came with.
   *
   * @param id of the link
   * @param tenant whose results it opens
   * @param job of which job
   * @param artifact the one file; null: the package
   * @param expired whether its time is over
   */
  public record Opened(
      String id, String tenant, JobId job, @Nullable String artifact, boolean expired) {}

  /** Makes a link. */
  public static ShareView add(
      Tx tx,
      String id,
      String tenant,
      JobId job,
      @Nullable String artifact,
      ShareToken token,
      String keyId,
      Instant expiresAt) {
    tx.update(
        "INSERT INTO gateway.share (id, tenant, job_id, artifact_id, token_hash, key_id, expires_at)"
            + " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id,
        tenant,
        job.value(),
        artifact,
        Buffer.buffer(token.hash()),
        keyId,
        OffsetDateTime.ofInstant(expiresAt, ZoneOffset.UTC));
    note(tx, id, "created", keyId, null, null);
    return find(tx, tenant, job, id).orElseThrow();
  }

  /** The link of a job with this id. */
  public static Optional<ShareView> find(Tx tx, String tenant, JobId job, String id) {
    return views(
            tx,
            SELECT + " WHERE s.tenant = $1 AND s.job_id = $2 AND s.id = $3",
            tenant,
            job.value(),
            id)
        .stream()
        .findFirst();
  }

  /** The links of a job, the newest first. */
  public static List<ShareView> list(
      Tx tx, String tenant, JobId job, @Nullable String before, int limit) {
    return views(
        tx,
        SELECT
            + " WHERE s.tenant = $1 AND s.job_id = $2 AND ($3::text IS NULL OR s.id < $3)"
            + " ORDER BY s.id DESC LIMIT $4",
        tenant,
        job.value(),
        before,
        limit);
  }

  /** What happened to a link, oldest first. */
  public static List<ShareView.Event> events(Tx tx, String id) {
    List<ShareView.Event> events = new ArrayList<>();
    for (Row row :
        tx.query(
            "SELECT at, kind, key_id, address, file FROM gateway.share_event WHERE share_id = $1"
                + " ORDER BY id LIMIT $2",
            id,
            EVENTS_MAX + 2)) {
      events.add(
          new ShareView.Event(
              row.get(OffsetDateTime.class, "at").toInstant(),
              row.getString("kind"),
              row.getString("key_id"),
              row.getString("address"),
              row.getString("file")));
    }
    return events;
  }

  /** Ends a link; false when there is none that could be ended. */
  public static boolean revoke(Tx tx, String tenant, JobId job, String id, String keyId) {
    boolean revoked =
        tx.update(
                "UPDATE gateway.share SET revoked_at = now() WHERE tenant = $1 AND job_id = $2"
                    + " AND id = $3 AND revoked_at IS NULL",
                tenant,
                job.value(),
                id)
            == 1;
    if (revoked) {
      note(tx, id, "revoked", keyId, null, null);
    }
    return revoked;
  }

  /**
   * The link with this secret, unless it was revoked, or its maker's key or its tenant is out, or
   * what it opens is deleted.
   */
  static Optional<Opened> open(Tx tx, ShareToken token) {
    byte[] hash = token.hash();
    for (Row row :
        tx.query(
            "SELECT s.*, s.expires_at <= now() AS expired FROM gateway.share s"
                + " JOIN gateway.tenant t ON t.id = s.tenant AND NOT t.disabled"
                + " JOIN gateway.api_key k ON k.id = s.key_id AND k.revoked_at IS NULL"
                + " WHERE s.token_hash = $1 AND s.revoked_at IS NULL"
                + " AND NOT EXISTS (SELECT FROM gateway.result_deletion d"
                + " WHERE d.job_id = s.job_id)",
            Buffer.buffer(hash))) {
      if (MessageDigest.isEqual(hash, row.getBuffer("token_hash").getBytes())) {
        return Optional.of(
            new Opened(
                row.getString("id"),
                row.getString("tenant"),
                new JobId(row.getString("job_id")),
                row.getString("artifact_id"),
                row.getBoolean("expired")));
      }
    }
    return Optional.empty();
  }

  /** Counts a download. */
  static void downloaded(Tx tx, String id, String address, String file) {
    long downloads = 0;
    for (Row row :
        tx.query(
            "UPDATE gateway.share SET downloads = downloads + 1, last_download_at = now()"
                + " WHERE id = $1 RETURNING downloads",
            id)) {
      downloads = row.getLong("downloads");
    }
    if (downloads <= EVENTS_MAX) {
      note(tx, id, "downloaded", null, address, file);
    }
  }

  private static void note(
      Tx tx,
      String id,
      String kind,
      @Nullable String keyId,
      @Nullable String address,
      @Nullable String file) {
    tx.update(
        "INSERT INTO gateway.share_event (share_id, kind, key_id, address, file)"
            + " VALUES ($1, $2, $3, $4, $5)",
        id,
        kind,
        keyId,
        address,
        file);
  }

  private static List<ShareView> views(Tx tx, String sql, @Nullable Object... arguments) {
    List<ShareView> views = new ArrayList<>();
    for (Row row : tx.query(sql, arguments)) {
      String artifact = row.getString("artifact_id");
      views.add(
          new ShareView(
              row.getString("id"),
              new JobId(row.getString("job_id")).external(),
              artifact == null ? "package" : "artifact",
              artifact,
              row.getString("status"),
              row.get(OffsetDateTime.class, "created_at").toInstant(),
              row.getString("key_id"),
              row.get(OffsetDateTime.class, "expires_at").toInstant(),
              instant(row, "revoked_at"),
              row.getLong("downloads"),
              instant(row, "last_download_at"),
              null,
              null));
    }
    return views;
  }

  private static @Nullable Instant instant(Row row, String column) {
    OffsetDateTime time = row.get(OffsetDateTime.class, column);
    return time == null ? null : time.toInstant();
  }
}
