package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.JobText;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.ProgressLine;
import dev.muster.cli.view.Table;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code muster list}. */
@CommandLine.Command(
    name = "muster list",
    description = "Lists jobs, newest first.",
    footerHeading = "%nExample:%n",
    footer = "  muster list --status running --tag demo")
public final class ListCommand implements Command {
  @Option(
      names = "--status",
      paramLabel = "WORD",
      description = "Only planning, queued, running, completed, partial, failed or cancelled.")
  private @Nullable String status;

  @Option(names = "--tag", paramLabel = "TAG", description = "Only jobs with this tag.")
  private @Nullable String tag;

  @Option(names = "--days", paramLabel = "N", description = "Only jobs of the last N days.")
  private @Nullable Integer days;

  @Option(
      names = "--created-after",
      paramLabel = "INSTANT",
      description = "Only later jobs, such as 2026-01-31T12:00:00Z.")
  private @Nullable String createdAfter;

  @Option(names = "--created-before", paramLabel = "INSTANT", description = "Only earlier jobs.")
  private @Nullable String createdBefore;

  @Mixin private final PageOptions pages = new PageOptions();
  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    String filters =
        PageOptions.filter("status", status)
            + PageOptions.filter("tag", tag)
            + PageOptions.filter("days", days)
            + PageOptions.filter("created_after", createdAfter)
            + PageOptions.filter("created_before", createdBefore);
    Json page = pages.read(session, "/jobs", filters, 50, "data");
    session.print(page, () -> table(session, page));
    pages.hintNext(session, page);
    return ExitCode.OK;
  }

  private static String table(Session session, Json page) {
    var table =
        new Table(session.terminal().colour(), "job", "status", "done", "tasks", "created", "tags");
    for (Json job : page.list("data")) {
      table.row(
          job.text("job_id"),
          job.text("status") + (job.list("blocked_on").isEmpty() ? "" : " (waits)"),
          (int) (ProgressLine.done(job) * 100) + " %",
          job.at("counts").text("total"),
          JobText.time(job.text("created_at")),
          Table.cut(JobText.words(job.list("tags")), 40));
    }
    return table.render();
  }
}
