package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.JsonText;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code muster cancel JOB}. */
@CommandLine.Command(
    name = "muster cancel",
    description = "Asks for the end of a job; its running processes are killed.",
    footerHeading = "%nExample:%n",
    footer = "  muster cancel job_01JD2T5V8W3Y6Z9B0C4E7G1H2K --reason \"wrong data\"")
public final class CancelCommand implements Command {
  @Mixin private final JobArgument job = new JobArgument();

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, kept with the job.")
  private @Nullable String reason;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    String body = reason == null ? "{}" : "{\"reason\":" + JsonText.quote(reason) + "}";
    Json view = session.api().put(job.path() + "/cancel", body.getBytes(StandardCharsets.UTF_8));
    String id = view.text("job_id").isEmpty() ? job.id() : view.text("job_id");
    boolean over = view.text("status").equals("cancelled");
    session.print(view, () -> id + (over ? " is cancelled\n" : " is being cancelled\n"));
    return ExitCode.OK;
  }
}
