package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code muster stats}. */
@CommandLine.Command(
    name = "muster stats",
    description = "Shows what your jobs came to: how many, how well, how long, how much.",
    footerHeading = "%nExample:%n",
    footer = "  muster stats --from 2026-01-01 --to 2026-01-31")
public final class StatsCommand implements Command {
  @Option(names = "--from", paramLabel = "DAY", description = "The first day, in UTC.")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "DAY", description = "The last day, in UTC, included.")
  private @Nullable String to;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    Json stats = session.api().get(new DayRange(from, to).on("/stats"));
    session.print(stats, () -> words(stats));
    return ExitCode.OK;
  }

  private static String words(Json stats) {
    Json jobs = stats.at("jobs");
    String rate =
        stats.at("success_rate").isNull()
            ? "-"
            : String.format(Locale.ROOT, "%.1f %%", stats.number("success_rate") * 100);
    String seconds =
        stats.at("average_completion_s").isNull()
            ? "-"
            : String.format(Locale.ROOT, "%.1f s", stats.number("average_completion_s"));
    return "Total jobs submitted     "
        + stats.text("jobs_submitted")
        + "\nEnded                    "
        + jobs.text("completed")
        + " completed, "
        + jobs.text("partial")
        + " partial, "
        + jobs.text("failed")
        + " failed, "
        + jobs.text("cancelled")
        + " cancelled, "
        + jobs.text("expired")
        + " expired\nSuccess rate             "
        + rate
        + "\nAverage completion time  "
        + seconds
        + "\nTotal spent              "
        + stats.text("total_spent_usd")
        + " USD\n";
  }
}
