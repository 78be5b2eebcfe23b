package dev.muster.gateway.shell.store;

import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.task.FileAccess;
import dev.muster.contracts.task.ProjectRef;
import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.submission.Submission;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Pins the revision of the project that a job names, in the transaction that accepts it: what is
 * pushed later changes nothing for the job. A name that is no project of the tenant is a label, as
 * is a project that nothing was pushed to. Whoever deletes a project or a revision waits until the
 * pins are committed, and sees them.
 */
final class ProjectPins {
  private ProjectPins() {}

  /** The drafts, with the revisions that their jobs will run. */
  static List<Draft> pin(Tx tx, List<Draft> drafts) {
    List<JobSpec> named =
        drafts.stream()
            .map(draft -> draft.submission().spec())
            .filter(ProjectPins::isUnpinned)
            .toList();
    if (named.isEmpty()) {
      return drafts;
    }
    Map<String, ProjectRef> revisions = revisions(tx, named);
    return drafts.stream().map(draft -> pinned(draft, revisions)).toList();
  }

  private static boolean isUnpinned(JobSpec spec) {
    return spec.project() != null && (spec.files() == null || spec.files().project() == null);
  }

  private static Map<String, ProjectRef> revisions(Tx tx, List<JobSpec> named) {
    Map<String, ProjectRef> revisions = new HashMap<>();
    for (Row row :
        tx.query(
            "SELECT r.tenant, r.name, r.sha256, r.bytes FROM gateway.project p"
                + " JOIN gateway.project_revision r"
                + " ON r.tenant = p.tenant AND r.name = p.name AND r.sha256 = p.revision"
                + " JOIN (SELECT DISTINCT * FROM unnest($1::text[], $2::text[])"
                + " AS u (tenant, name)) u ON u.tenant = p.tenant AND u.name = p.name"
                + " FOR KEY SHARE OF p",
            named.stream().map(JobSpec::tenant).toArray(String[]::new),
            named.stream().map(JobSpec::project).toArray(String[]::new))) {
      revisions.put(
          key(row.getString("tenant"), row.getString("name")),
          new ProjectRef(
              row.getString("name"),
              Sha256.of(row.getBuffer("sha256").getBytes()).hex(),
              row.getLong("bytes")));
    }
    return revisions;
  }

  private static Draft pinned(Draft draft, Map<String, ProjectRef> revisions) {
    Submission submission = draft.submission();
    JobSpec spec = submission.spec();
    ProjectRef revision =
        isUnpinned(spec)
            ? revisions.get(key(spec.tenant(), Objects.requireNonNull(spec.project())))
            : null;
    return revision == null
        ? draft
        : new Draft(
            draft.job(),
            new Submission(
                spec.with(new FileAccess(null, revision)),
                submission.shownPayload(),
                submission.omitted(),
                submission.items()),
            draft.items(),
            draft.traceparent(),
            draft.repeat());
  }

  private static String key(String tenant, String name) {
    return tenant + "\n" + name;
  }
}
