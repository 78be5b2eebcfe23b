package dev.muster.cli.view;

/** Turns a problem document (RFC 9457) into what a person reads. */
public final class Problems {
  private Problems() {}

  /**
   * One sentence, and a line for each wrong field.
   *
   * @param status the HTTP status, for answers that say nothing themselves
   * @param problem the document, {@link Json#NULL} when the body was none
   */
  public static String sentence(int status, Json problem) {
    String title = problem.text("title");
    String detail = problem.text("detail");
    if (title.isEmpty() && detail.isEmpty()) {
      return "Expected an answer, but the server sent status " + status + " without a reason";
    }
    var out = new StringBuilder(title);
    if (!detail.isEmpty() && !detail.equals(title)) {
      out.append(title.isEmpty() ? "" : ": ").append(detail);
    }
    if (status >= 500 && !problem.text("request_id").isEmpty()) {
      out.append(" (request ").append(problem.text("request_id")).append(')');
    }
    for (Json error : problem.list("errors")) {
      out.append("\n  ").append(Table.plain(error.text("pointer")));
      out.append(": ").append(Table.plain(error.text("detail")));
    }
    return out.toString();
  }
}
