package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.Table;
import java.util.List;

/** What became of several jobs that were submitted together. */
final class BatchAnswer {
  private static final int REFUSED = 422;

  private final Session session;
  private final List<Json> entries;

  BatchAnswer(Session session, Json answer) {
    this.session = session;
    this.entries = answer.list("jobs");
  }

  /** The jobs that were accepted, in the order of the file. */
  List<Json> accepted() {
    return entries.stream()
        .filter(entry -> !entry.text("job_id").isEmpty())
        .map(entry -> session.api().get("/jobs/" + Api.encoded(entry.text("job_id"))))
        .toList();
  }

  /** Says which entries were refused, and why; whether there are any. */
  boolean tellRefused() {
    boolean any = false;
    for (int i = 0; i < entries.size(); i++) {
      Json error = entries.get(i).at("error");
      if (error.isObject()) {
        any = true;
        session.terminal().err().println("Entry " + i + ": " + why(error));
      }
    }
    session.terminal().flush();
    return any;
  }

  private static String why(Json error) {
    List<Json> errors = error.list("errors");
    return Table.plain(
        errors.isEmpty()
            ? error.text("detail")
            : errors.getFirst().text("pointer") + ": " + errors.getFirst().text("detail"));
  }

  /**
   * Prints the jobs and waits for them, if that was asked for.
   *
   * @return how the first ended that did not end well; refused entries count last
   */
  ExitCode run(WaitOptions wait) {
    boolean refused = tellRefused();
    ExitCode worst = ExitCode.OK;
    for (Json job : accepted()) {
      ExitCode code = wait.accepted(session, job);
      worst = worst == ExitCode.OK ? code : worst;
    }
    return worst == ExitCode.OK && refused ? ExitCode.ofRefusal(REFUSED) : worst;
  }
}
