package dev.muster.gateway.shell.project;

import dev.muster.gateway.blob.Blob;
import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.project.Project;
import dev.muster.kit.Tx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Projects of tenants and their revisions. Every query names the tenant. */
public final class ProjectRepository {
  private static final String SELECT =
      "SELECT p.name, p.remote_dir, p.created_at, r.sha256, r.bytes, r.files, r.unpacked_bytes,"
          + " r.created_at AS pushed_at FROM gateway.project p LEFT JOIN gateway.project_revision r"
          + " ON r.tenant = p.tenant AND r.name = p.name AND r.sha256 = p.revision"
          + " WHERE p.tenant = $1";

  private ProjectRepository() {}

  /** Makes a project; false when the tenant has one of this name. */
  public static boolean create(Tx tx, String tenant, String name, @Nullable String remoteDir) {
    return tx.update(
            "INSERT INTO gateway.project (tenant, name, remote_dir) VALUES ($1, $2, $3)"
                + " ON CONFLICT DO NOTHING",
            tenant,
            name,
            remoteDir)
        == 1;
  }

  /** The tenant's project. */
  public static Optional<Project> find(Tx tx, String tenant, String name) {
    for (Row row : tx.query(SELECT + " AND p.name = $2", tenant, name)) {
      return Optional.of(project(row));
    }
    return Optional.empty();
  }

  /** The tenant's projects, by name. */
  public static List<Project> list(Tx tx, String tenant, @Nullable String after, int limit) {
    List<Project> found = new ArrayList<>();
    for (Row row :
        tx.query(
            SELECT + " AND ($2::text IS NULL OR p.name > $2) ORDER BY p.name LIMIT $3",
            tenant,
            after,
            limit)) {
      found.add(project(row));
    }
    return found;
  }

  /** Makes an archive the newest revision; an archive that was pushed before is so again. */
  public static void push(Tx tx, String name, Blob archive, ArchiveFacts facts) {
    Buffer digest = Buffer.buffer(archive.digest().bytes());
    tx.update(
        "INSERT INTO gateway.project_revision"
            + " (tenant, name, sha256, bytes, files, unpacked_bytes, manifest)"
            + " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        archive.tenant(),
        name,
        digest,
        archive.bytes(),
        facts.files(),
        facts.unpackedBytes(),
        facts.manifest());
    tx.update(
        "UPDATE gateway.project SET revision = $3 WHERE tenant = $1 AND name = $2",
        archive.tenant(),
        name,
        digest);
  }

  /** Whether the tenant has pushed this archive to any of its projects. */
  public static boolean hasRevision(Tx tx, String tenant, Sha256 digest) {
    return tx.query(
                "SELECT FROM gateway.project_revision WHERE tenant = $1 AND sha256 = $2 LIMIT 1",
                tenant,
                Buffer.buffer(digest.bytes()))
            .size()
        > 0;
  }

  private static Project project(Row row) {
    Buffer digest = row.getBuffer("sha256");
    return new Project(
        row.getString("name"),
        row.getString("remote_dir"),
        row.get(OffsetDateTime.class, "created_at").toInstant(),
        digest == null
            ? null
            : new Project.Revision(
                Sha256.of(digest.getBytes()),
                row.getLong("bytes"),
                row.getInteger("files"),
                row.getLong("unpacked_bytes"),
                row.get(OffsetDateTime.class, "pushed_at").toInstant()));
  }
}
