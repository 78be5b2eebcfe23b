package dev.muster.gateway.shell.project;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.project.Project;
import dev.muster.gateway.project.ProjectDetails;
import dev.muster.gateway.view.Alias;
import dev.muster.kit.Tx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Revisions of projects: what they say of themselves, who has them, and their end. */
public final class ProjectRevisions {
  private static final int SHOWN_MAX = 100;

  /** A job that has not ended, or of which the aggregator does not know yet. */
  private static final String IN_USE =
      "SELECT FROM gateway.submission s LEFT JOIN aggregator.job j ON j.job_id = s.job_id"
          + " WHERE s.tenant = $1 AND s.project = $2 AND j.ended_at IS NULL"
          + " AND position($3 in s.spec) > 0 LIMIT 1";

  private ProjectRevisions() {}

  /** The manifest of a revision as it was pushed; empty when it has none. */
  public static Optional<String> manifest(Tx tx, String tenant, String name, Sha256 digest) {
    for (Row row :
        tx.query(
            "SELECT manifest FROM gateway.project_revision"
                + " WHERE tenant = $1 AND name = $2 AND sha256 = $3",
            tenant,
            name,
            bytes(digest))) {
      return Optional.ofNullable(row.getString("manifest"));
    }
    return Optional.empty();
  }

  /** The newest revisions of a project. */
  public static List<ProjectDetails.Revision> list(Tx tx, String tenant, Project project) {
    List<ProjectDetails.Revision> found = new ArrayList<>();
    for (Row row :
        tx.query(
            "SELECT sha256, bytes, files, unpacked_bytes, created_at FROM gateway.project_revision"
                + " WHERE tenant = $1 AND name = $2 ORDER BY created_at DESC, sha256 LIMIT $3",
            tenant,
            project.name(),
            SHOWN_MAX)) {
      Sha256 digest = Sha256.of(row.getBuffer("sha256").getBytes());
      found.add(
          new ProjectDetails.Revision(
              digest.hex(),
              row.getLong("bytes"),
              row.getInteger("files"),
              row.getLong("unpacked_bytes"),
              row.get(OffsetDateTime.class, "created_at").toInstant(),
              isCurrent(project, digest)));
    }
    return found;
  }

  /** Which workers have fetched which revision of a project, the newest first. */
  public static List<ProjectDetails.Node> nodes(
      Tx tx, String tenant, Project project, Alias alias) {
    List<ProjectDetails.Node> found = new ArrayList<>();
    for (Row row :
        tx.query(
            "SELECT t.worker, f.sha256, max(f.at) AS at FROM gateway.project_revision r"
                + " JOIN gateway.project_fetch f ON f.tenant = r.tenant AND f.sha256 = r.sha256"
                + " JOIN aggregator.task t ON t.job_id = f.job_id AND t.index = f.index"
                + " AND t.epoch = f.epoch WHERE r.tenant = $1 AND r.name = $2"
                + " AND t.worker IS NOT NULL GROUP BY t.worker, f.sha256"
                + " ORDER BY at DESC, t.worker LIMIT $3",
            tenant,
            project.name(),
            SHOWN_MAX)) {
      Sha256 digest = Sha256.of(row.getBuffer("sha256").getBytes());
      found.add(
          new ProjectDetails.Node(
              String.valueOf(alias.of(row.getString("worker"))),
              digest.hex(),
              row.get(OffsetDateTime.class, "at").toInstant(),
              isCurrent(project, digest)));
    }
    return found;
  }

  private static boolean isCurrent(Project project, Sha256 digest) {
    Project.@Nullable Revision current = project.current();
    return current != null && current.digest().equals(digest);
  }

  /** An attempt has fetched a revision. */
  public static void fetched(Tx tx, String tenant, Sha256 digest, AttemptRef attempt) {
    tx.update(
        "INSERT INTO gateway.project_fetch (tenant, sha256, job_id, index, epoch)"
            + " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        tenant,
        bytes(digest),
        attempt.job().value(),
        attempt.index(),
        attempt.epoch());
  }

  /** What became of a deletion. */
  public sealed interface Deletion {
    /**
     * It is gone.
     *
     * @param owners who held its bytes
     */
    record Done(List<String> owners) implements Deletion {}

    /** A job that has not ended runs it. */
    record InUse() implements Deletion {}

    /** New jobs run it. */
    record Current() implements Deletion {}

    /** There is no such thing. */
    record Unknown() implements Deletion {}
  }

  /** Deletes a project with all its revisions. */
  public static Deletion delete(Tx tx, String tenant, String name) {
    if (tx.query(
                "SELECT FROM gateway.project WHERE tenant = $1 AND name = $2 FOR UPDATE",
                tenant,
                name)
            .size()
        == 0) {
      return new Deletion.Unknown();
    }
    if (tx.query(IN_USE, tenant, name, "\"sha256\"").size() > 0) {
      return new Deletion.InUse();
    }
    List<String> owners = new ArrayList<>();
    for (Row row :
        tx.query(
            "DELETE FROM gateway.project_revision WHERE tenant = $1 AND name = $2 RETURNING sha256",
            tenant,
            name)) {
      owners.add(Project.owner(tenant, name, Sha256.of(row.getBuffer("sha256").getBytes())));
    }
    tx.update("DELETE FROM gateway.project WHERE tenant = $1 AND name = $2", tenant, name);
    forgetFetches(tx, tenant);
    return new Deletion.Done(owners);
  }

  /** Deletes a revision that is not the newest one. */
  public static Deletion delete(Tx tx, String tenant, String name, Sha256 digest) {
    // The row of the project is what submissions hold while they pin a revision.
    Optional<Project> project = ProjectRepository.find(tx, tenant, name);
    tx.query(
        "SELECT FROM gateway.project WHERE tenant = $1 AND name = $2 FOR UPDATE", tenant, name);
    if (project.isEmpty()
        || tx.query(
                    "SELECT FROM gateway.project_revision"
                        + " WHERE tenant = $1 AND name = $2 AND sha256 = $3",
                    tenant,
                    name,
                    bytes(digest))
                .size()
            == 0) {
      return new Deletion.Unknown();
    }
    if (isCurrent(ProjectRepository.find(tx, tenant, name).orElseThrow(), digest)) {
      return new Deletion.Current();
    }
    if (tx.query(IN_USE, tenant, name, digest.hex()).size() > 0) {
      return new Deletion.InUse();
    }
    tx.update(
        "DELETE FROM gateway.project_revision WHERE tenant = $1 AND name = $2 AND sha256 = $3",
        tenant,
        name,
        bytes(digest));
    forgetFetches(tx, tenant);
    return new Deletion.Done(List.of(Project.owner(tenant, name, digest)));
  }

  /** Who fetched what is nobody's revision any more does not matter. */
  private static void forgetFetches(Tx tx, String tenant) {
    tx.update(
        "DELETE FROM gateway.project_fetch f WHERE f.tenant = $1 AND NOT EXISTS (SELECT"
            + " FROM gateway.project_revision r WHERE r.tenant = f.tenant AND r.sha256 = f.sha256)",
        tenant);
  }

  private static Buffer bytes(Sha256 digest) {
    return Buffer.buffer(digest.bytes());
  }
}
