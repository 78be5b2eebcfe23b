package dev.muster.planner.shell;

/** Another instance decided about the same job first; the batch is decided again. */
final class LostRaceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LostRaceException() {
    super("Expected to be the only one to decide about a job, but another was faster");
  }
}
