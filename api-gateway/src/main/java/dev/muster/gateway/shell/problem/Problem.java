package dev.muster.gateway.shell.problem;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.muster.gateway.submission.FieldError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of every error (RFC 9457).
 *
 * @param type stable reference to what kind of problem it is
 * @param title the kind in a few words
 * @param status the HTTP status
 * @param detail one sentence about this case
 * @param instance the path that was asked for
 * @param code the kind as a word for programs
 * @param requestId names the request in our logs
 * @param retryable whether the same request may work later
 * @param retryAfterS seconds after which it may, at least 1; sent as a header only
 * @param errors what is wrong with which field; empty where the problem is no field's
 */
public record Problem(
    String type,
    String title,
    int status,
    String detail,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String instance,
    String code,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String requestId,
    boolean retryable,
    @JsonIgnore int retryAfterS,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<FieldError> errors) {

  /** Makes a problem that is still to be completed with the request it answers. */
  public static Problem of(ProblemKind kind, String detail, List<FieldError> errors) {
    return new Problem(
        "/problems/" + kind.code(),
        kind.title(),
        kind.status(),
        detail,
        null,
        kind.code(),
        null,
        kind.retryable(),
        1,
        errors);
  }

  /** A problem of a kind that only its own code names. */
  public static Problem of(ProblemKind kind, String code, String detail, List<FieldError> errors) {
    return new Problem(
        "/problems/" + code,
        kind.title(),
        kind.status(),
        detail,
        null,
        code,
        null,
        kind.retryable(),
        1,
        errors);
  }

  /** The problem as the answer to a request. */
  public Problem in(String path, String requestId) {
    return new Problem(
        type, title, status, detail, path, code, requestId, retryable, retryAfterS, errors);
  }

  /** The same problem, to be tried again no sooner than after so many seconds. */
  public Problem retryAfter(long seconds) {
    return new Problem(
        type, title, status, detail, instance, code, requestId, true, (int) seconds, errors);
  }
}
