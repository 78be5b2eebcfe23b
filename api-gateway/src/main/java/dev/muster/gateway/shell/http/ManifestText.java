package dev.muster.gateway.shell.http;

import dev.muster.gateway.project.ProjectManifest;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.shell.project.ArchiveFacts;
import dev.muster.gateway.submission.FieldError;
import dev.muster.gateway.submission.ManifestReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The manifest of a project as text: when it is pushed, and later. */
final class ManifestText {
  private ManifestText() {}

  /**
   * Looks at the manifest of an archive that is pushed.
   *
   * @throws ProblemException with all that is wrong with it
   */
  static void require(ArchiveFacts archive) {
    if (archive.manifest() == null) {
      return;
    }
    List<FieldError> errors = new ArrayList<>();
    ProjectManifest manifest = read(archive.manifest(), errors);
    for (int i = 0; errors.isEmpty() && i < manifest.files().size(); i++) {
      if (!archive.paths().contains(manifest.files().get(i))) {
        errors.add(
            new FieldError(
                "/manifest/validation/files/" + i, "missing", "Expected a file in the archive"));
      }
    }
    if (!errors.isEmpty()) {
      throw new ProblemException(
          ProblemKind.VALIDATION,
          "Expected a manifest in "
              + ProjectManifest.FILE
              + " as it must be, but "
              + errors.size()
              + " field(s) are wrong",
          errors);
    }
  }

  /** A manifest that was kept; empty when it was pushed before manifests were looked at. */
  static Optional<ProjectManifest> known(String text) {
    try {
      List<FieldError> errors = new ArrayList<>();
      ProjectManifest manifest = read(text, errors);
      return errors.isEmpty() ? Optional.of(manifest) : Optional.empty();
    } catch (ProblemException e) {
      return Optional.empty();
    }
  }

  private static ProjectManifest read(String text, List<FieldError> errors) {
    try {
      return ManifestReader.read(
          JsonBody.read(RequestBody.of(text), BodyShape.PLAIN).root(), errors);
    } catch (ProblemException e) {
      throw new ProblemException(
          ProblemKind.VALIDATION,
          "Expected JSON in " + ProjectManifest.FILE + ", but: " + e.problem().detail());
    }
  }
}
