package dev.muster.gateway.submission;

import dev.muster.gateway.project.Project;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A project that is to be made.
 *
 * @param name its name
 * @param remoteDir what the user says about its place on their side, if anything
 */
public record ProjectAnnouncement(String name, @Nullable String remoteDir) {
  private static final int REMOTE_DIR_MAX = 1_024;

  /**
   * Reads the announcement of a project.
   *
   * @param errors takes everything that is wrong
   * @return the announcement; of no meaning when there are errors
   */
  public static ProjectAnnouncement read(JsonValue root, List<FieldError> errors) {
    if (!(root instanceof JsonValue.Fields fields)) {
      errors.add(new FieldError("", "type", "Expected an object"));
      return new ProjectAnnouncement("", null);
    }
    FieldReader reader = new FieldReader(fields, "", errors);
    String name =
        reader.text("name", 128, Project::isName, "letters, digits, dots, dashes, underscores");
    if (!reader.has("name")) {
      reader.error("name", "required", "Expected the name of the project");
    }
    String remoteDir = reader.text("remote_dir", REMOTE_DIR_MAX);
    reader.refuseUnknown();
    return new ProjectAnnouncement(name == null ? "" : name, remoteDir);
  }
}
