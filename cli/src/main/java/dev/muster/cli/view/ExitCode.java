package dev.muster.cli.view;

/** How the client ends, for scripts. Published: a number never changes its meaning. */
public enum ExitCode {
  OK(0, "the command did what was asked"),
  FAILED(1, "the server refused or failed the request"),
  USAGE(2, "the command line or the job file is wrong"),
  JOB_FAILED(3, "the job ended failed or partial (submit --wait, retry --wait, watch, logs -f)"),
  AUTH(4, "the API key is missing, unknown or not allowed to do this"),
  NOT_FOUND(5, "there is no such job"),
  JOB_CANCELLED(6, "the job was cancelled (submit --wait, retry --wait, watch, logs -f)"),
  STILL_RUNNING(8, "the job was still running when --timeout ended"),
  UNREACHABLE(69, "the server could not be reached"),
  INTERRUPTED(130, "interrupted by Ctrl-C; the job goes on");

  private final int number;
  private final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  /** The process's exit code, 0 to 255. */
  public int number() {
    return number;
  }

  /** One phrase for {@code muster help exit-codes}. */
  public String meaning() {
    return meaning;
  }

  /**
   * What the end of a job means for a command that waited for it.
   *
   * @param status the job's native status word
   */
  public static ExitCode ofEndedJob(String status) {
    return switch (status) {
      case "completed" -> OK;
      case "cancelled" -> JOB_CANCELLED;
      default -> JOB_FAILED;
    };
  }

  /**
   * What a refused request means.
   *
   * @param httpStatus 400 or more
   */
  public static ExitCode ofRefusal(int httpStatus) {
    return switch (httpStatus) {
      case 401, 403 -> AUTH;
      case 404, 410 -> NOT_FOUND;
      default -> FAILED;
    };
  }
}
