package dev.muster.gateway.share;

import dev.muster.gateway.artifact.Artifact;
import dev.muster.gateway.key.Checked;
import dev.muster.gateway.submission.FieldError;
import dev.muster.gateway.submission.FieldReader;
import dev.muster.gateway.submission.JsonValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a user wants to share of a job.
 *
 * @param life how long the link lives, at most
 * @param artifact the one file that it opens; null: the result package
 */
public record ShareRequest(Duration life, @Nullable String artifact) {
  /** Reads {@code {"expires": …, "artifact_id": …}}; all may be absent. */
  public static Checked<ShareRequest> read(JsonValue root) {
    List<FieldError> errors = new ArrayList<>();
    if (!(root instanceof JsonValue.Fields fields)) {
      return new Checked.Invalid<>(
          List.of(
              new FieldError("", "type", "Expected an object, but got " + root.kind().words())));
    }
    FieldReader reader = new FieldReader(fields, "", errors);
    String expires =
        reader.text("expires", 16, text -> LinkLife.parse(text).isPresent(), LinkLife.WORDS);
    String artifact =
        reader.text("artifact_id", 40, Artifact::isId, "the id of a file that the job left");
    reader.refuseUnknown();
    if (!errors.isEmpty()) {
      return new Checked.Invalid<>(errors);
    }
    return new Checked.Valid<>(
        new ShareRequest(
            expires == null ? LinkLife.DEFAULT : LinkLife.parse(expires).orElseThrow(), artifact));
  }
}
