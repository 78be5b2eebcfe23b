package dev.muster.cli;

import dev.muster.cli.command.CancelCommand;
import dev.muster.cli.command.Command;
import dev.muster.cli.command.DemoCommand;
import dev.muster.cli.command.ListCommand;
import dev.muster.cli.command.LogsCommand;
import dev.muster.cli.command.ResultsCommand;
import dev.muster.cli.command.RetryCommand;
import dev.muster.cli.command.StatusCommand;
import dev.muster.cli.command.SubmitCommand;
import dev.muster.cli.command.TasksCommand;
import dev.muster.cli.command.WatchCommand;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The commands of the client. Only the asked-for one is ever made: the others cost start-up time.
 */
enum Verb {
  SUBMIT("submit a job from a file or standard input", SubmitCommand::new),
  STATUS("show a job", StatusCommand::new),
  WATCH("show a job's progress until it ends", WatchCommand::new),
  LIST("list jobs", ListCommand::new),
  TASKS("list a job's tasks", TasksCommand::new),
  LOGS("print what a job's tasks write", LogsCommand::new),
  RESULTS("print a job's results", ResultsCommand::new),
  CANCEL("end a job", CancelCommand::new),
  RETRY("run a job's unsuccessful tasks again", RetryCommand::new),
  DEMO("run a hyper-parameter search on this machine", DemoCommand::new);

  private final String purpose;

  @SuppressWarnings("ImmutableEnumChecker") // a reference to a constructor
  private final Supplier<Command> maker;

  Verb(String purpose, Supplier<Command> maker) {
    this.purpose = purpose;
    this.maker = maker;
  }

  /** The verb that a user wrote, null when there is none. */
  static @Nullable Verb of(String word) {
    for (Verb verb : values()) {
      if (verb.word().equals(word)) {
        return verb;
      }
    }
    return null;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** One phrase for the list of commands. */
  String purpose() {
    return purpose;
  }

  /** A command without options yet. */
  Command make() {
    return maker.get();
  }
}
