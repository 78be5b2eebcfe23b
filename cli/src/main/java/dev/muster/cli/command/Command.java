package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import picocli.CommandLine.Model.CommandSpec;

/** A command whose options have been read. */
public interface Command {
  /** The options that every command has. */
  CommonOptions common();

  /** What may stand on its line. */
  default CommandSpec spec() {
    return CommandSpec.forAnnotatedObject(this);
  }

  /** Does the work; may throw {@link dev.muster.cli.view.CommandFailed}. */
  ExitCode run(Session session);
}
