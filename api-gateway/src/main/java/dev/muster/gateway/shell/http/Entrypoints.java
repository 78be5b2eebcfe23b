package dev.muster.gateway.shell.http;

import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.task.FileAccess;
import dev.muster.contracts.task.ProjectRef;
import dev.muster.gateway.project.Project;
import dev.muster.gateway.shell.project.ProjectRepository;
import dev.muster.gateway.shell.project.ProjectRevisions;
import dev.muster.gateway.submission.FieldError;
import dev.muster.gateway.submission.Parsed;
import dev.muster.gateway.submission.Submission;
import dev.muster.kit.Database;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Gives jobs without a command the one that their project's manifest names, and pins the revision
 * that it is from. Jobs with a command cost nothing here.
 */
@Singleton
public class Entrypoints {
  private static final FieldError NONE =
      new FieldError(
          "/runner_command",
          "required",
          "Expected the command as an array of strings, or a project whose manifest has an"
              + " entrypoint");

  private final Database database;

  Entrypoints(Database database) {
    this.database = database;
  }

  /** The same, with a command; refused when there is none. */
  public Parsed complete(Parsed parsed) {
    return switch (parsed) {
      case Parsed.Refused refused -> refused;
      case Parsed.Accepted accepted ->
          accepted.submission().spec().runnerCommand().isEmpty()
              ? completed(accepted.submission())
              : accepted;
    };
  }

  private Parsed completed(Submission submission) {
    JobSpec spec = submission.spec();
    String name = Objects.requireNonNull(spec.project());
    record Named(Project.Revision revision, List<String> command) {}
    Optional<Named> named =
        database.transaction(tx ->
            ProjectRepository.find(tx, spec.tenant(), name)
                .map(Project::current)
                .flatMap(revision ->
                    ProjectRevisions.manifest(tx, spec.tenant(), name, revision.digest())
                        .flatMap(ManifestText::known)
                        .map(manifest -> new Named(revision, manifest.command()))));
    if (named.isEmpty() || named.get().command().isEmpty()) {
      return new Parsed.Refused("validation", List.of(NONE));
    }
    Project.Revision revision = named.get().revision();
    FileAccess files =
        new FileAccess(null, new ProjectRef(name, revision.digest().hex(), revision.bytes()));
    return new Parsed.Accepted(
        new Submission(
            spec.withRun(named.get().command(), files),
            submission.shownPayload(),
            submission.omitted(),
            submission.items()));
  }
}
