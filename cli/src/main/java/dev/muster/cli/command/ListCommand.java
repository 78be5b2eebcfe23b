package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.JobText;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.ProgressLine;
import dev.muster.cli.view.Table;
import java.util.StringJoiner;
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

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "Jobs on a page (default 50).")
  private int limit;

  @Option(names = "--cursor", paramLabel = "CURSOR", description = "The page to show.")
  private @Nullable String cursor;

  @Option(names = "--all", description = "All pages.")
  private boolean all;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    var query = new StringJoiner("&", "/jobs?", "");
    query.add("limit=" + limit);
    add(query, "status", status);
    add(query, "tag", tag);
    add(query, "days", days == null ? null : days.toString());
    add(query, "created_after", createdAfter);
    add(query, "created_before", createdBefore);
    add(query, "cursor", cursor);
    String path = query.toString();
    Json page = all ? Pages.all(session.api(), path, "data") : session.api().get(path);
    session.print(page, () -> table(session, page));
    if (!page.text("next_cursor").isEmpty()) {
      session.hint("More: the same with --cursor " + page.text("next_cursor") + ", or --all");
    }
    return ExitCode.OK;
  }

  private static String table(Session session, Json page) {
    var table =
        new Table(session.terminal().colour(), "job", "status", "done", "tasks", "created", "tags");
    for (Json job : page.list("data")) {
      table.row(
          job.text("job_id"),
          job.text("status"),
          (int) (ProgressLine.done(job) * 100) + " %",
          job.at("counts").text("total"),
          JobText.time(job.text("created_at")),
          Table.cut(JobText.words(job.list("tags")), 40));
    }
    return table.render();
  }

  private static void add(StringJoiner query, String name, @Nullable String value) {
    if (value != null) {
      query.add(name + "=" + Api.encoded(value));
    }
  }
}
