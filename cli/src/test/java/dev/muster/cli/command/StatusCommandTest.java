package dev.muster.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.OutputFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;

class StatusCommandTest {
  /** The same by annotations, as the other commands have it. */
  @CommandLine.Command(
      name = "muster status",
      description = "Shows a job: its state, its tasks, its times.",
      footerHeading = "%nExample:%n",
      footer = "  muster status job_01JD2T5V8W3Y6Z9B0C4E7G1H2K")
  private static final class Annotated implements Command {
    @Mixin private final JobArgument job = new JobArgument();
    @Mixin private final CommonOptions common = new CommonOptions();

    @Override
    public CommonOptions common() {
      return common;
    }

    @Override
    public ExitCode run(Session session) {
      throw new IllegalStateException("Expected to be declared only, not run " + job.id());
    }
  }

  @Test
  void lineIsWhatTheAnnotationsSay() {
    assertThat(help(new StatusCommand())).isEqualTo(help(new Annotated()));
  }

  @Test
  void optionsReachTheirPlaces() {
    StatusCommand command = new StatusCommand();

    new CommandLine(command.spec())
        .parseArgs(
            "job_1", "-o", "json", "--server=http://a", "--api-key", "key", "--no-color", "-h");

    CommonOptions common = command.common();
    assertThat(common.format(Map.of())).isEqualTo(OutputFormat.JSON);
    assertThat(common.server()).isEqualTo("http://a");
    assertThat(common.apiKey()).isEqualTo("key");
    assertThat(common.noColour()).isTrue();
    assertThat(common.help()).isTrue();
  }

  @Test
  void withoutOptionsThereAreNone() {
    StatusCommand command = new StatusCommand();

    new CommandLine(command.spec()).parseArgs("job_1");

    CommonOptions common = command.common();
    assertThat(common.format(Map.of())).isEqualTo(OutputFormat.TABLE);
    assertThat(common.server()).isNull();
    assertThat(common.noColour()).isFalse();
    assertThat(common.help()).isFalse();
  }

  @Test
  void unknownOptionIsRefused() {
    assertThatThrownBy(() -> new CommandLine(new StatusCommand().spec()).parseArgs("job_1", "-x"))
        .isInstanceOf(CommandLine.ParameterException.class);
  }

  private static String help(Command command) {
    return new CommandLine(command.spec()).setUsageHelpWidth(100).getUsageMessage(Ansi.OFF);
  }
}
