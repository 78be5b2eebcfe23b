package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import dev.muster.cli.shell.JobFile;
import dev.muster.cli.shell.JobScript;
import dev.muster.cli.shell.ProjectPush;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.AggregatesText;
import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.SearchView;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code muster demo}: the part that talks to the server; the launcher brings the stack up. */
@CommandLine.Command(
    name = "muster demo",
    description = {
      "Searches for a good classifier of handwritten digits: 48 tasks that train one each.",
      "Brings a local stack up if there is none, and takes that down again unless --keep is given."
    },
    footerHeading = "%nExample:%n",
    footer = {"  muster demo --keep", "  muster demo --example sweep"})
public final class DemoCommand implements Command {
  @Option(names = "--keep", description = "Leave the stack up.")
  private boolean keep;

  @Option(
      names = "--examples",
      paramLabel = "DIR",
      description = "Where the examples are (default: examples/ beside the muster script).")
  private @Nullable String examples;

  @Option(
      names = "--example",
      paramLabel = "NAME",
      description =
          "Run another example instead: sweep, benchmark, map-reduce, early-stop, gang, federated,"
              + " ...")
  private @Nullable String example;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    if (example != null) {
      return run(session, example);
    }
    var terminal = session.terminal();
    byte[] body = JobScript.output(session.surroundings(), examples, "digits/make_job.py");
    Json job = session.api().post("/jobs", body, UUID.randomUUID().toString());
    String id = job.text("job_id");
    terminal.out().println("Submitted " + id + ": a search over classifiers of handwritten digits");
    terminal.out().flush();

    var watch = new SearchWatch(session, id);
    ExitCode code = watch.run(null);

    Json results =
        Pages.all(session.api(), "/results/" + Api.encoded(id) + "?limit=1000", "task_results");
    Json completeness = results.at("completeness");
    terminal.out().println("\nBest results:");
    terminal.out().print(SearchView.best(results.list("task_results")));
    if (keep) {
      terminal.out().println("\nAll of them: ./muster results " + id);
    }
    terminal
        .out()
        .println(
            "\n"
                + watch.lastSeen().text("status")
                + ": "
                + completeness.integer("succeeded")
                + " of "
                + completeness.integer("total")
                + " tasks succeeded");
    terminal.flush();
    return code;
  }

  /**
   * Pushes an example's project if it has one, submits its job file, waits for its end and prints
   * its results.
   */
  private ExitCode run(Session session, String name) {
    byte[] body = JobFile.example(session.surroundings(), examples, name);
    String project = JobFile.exampleProject(session.surroundings(), examples, name);
    if (project != null) {
      ProjectPush.run(session, project, name);
    }
    String id = submitted(session, body);
    var terminal = session.terminal();
    terminal.out().println("Submitted " + id + ": the example " + name);
    terminal.flush();
    var progress = new ProgressPrinter(terminal.err(), terminal.errIsTerminal());
    ExitCode code = new JobWatch(session, id, progress, null).run(null);
    Json results =
        Pages.all(session.api(), "/results/" + Api.encoded(id) + "?limit=1000", "task_results");
    terminal.out().print(ResultsCommand.table(session, results));
    Json job = session.api().get("/jobs/" + Api.encoded(id));
    terminal.out().print(AggregatesText.of(job.at("aggregates"), terminal.colour()));
    if (!job.text("stop_reason").isEmpty()) {
      terminal.out().println("\nStopped early: " + job.text("stop_reason"));
    }
    terminal.flush();
    return code;
  }

  /** The job to watch; of several that of the last, which waits for the others. */
  private static String submitted(Session session, byte[] body) {
    String key = UUID.randomUUID().toString();
    if (!JobFile.isBatch(body)) {
      return session.api().post("/jobs", body, key).text("job_id");
    }
    var answer = new BatchAnswer(session, session.api().post("/jobs/batch", body, key));
    if (answer.tellRefused()) {
      throw new CommandFailed(
          ExitCode.USAGE, "Expected every job of the example to be accepted, but some are not");
    }
    return answer.accepted().getLast().text("job_id");
  }
}
