package dev.muster.gateway.shell.problem;

import dev.muster.gateway.submission.FieldError;
import java.util.List;

/** Ends a request with a problem; mapped to its answer in one place. */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  public ProblemException(ProblemKind kind, String detail) {
    this(Problem.of(kind, detail, List.of()));
  }

  public ProblemException(ProblemKind kind, String detail, List<FieldError> errors) {
    this(Problem.of(kind, detail, errors));
  }

  public ProblemException(Problem problem) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
  }

  /** What to answer. */
  public Problem problem() {
    return problem;
  }

  /** The same answer for what does not exist and what belongs to another tenant. */
  public static ProblemException notFound(String what) {
    return new ProblemException(
        ProblemKind.NOT_FOUND, "Expected a known " + what + ", but there is none");
  }

  /** The same answer for what does not exist and for what belongs to another tenant. */
  public static ProblemException notFound() {
    return notFound("job");
  }
}
