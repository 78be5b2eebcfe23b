package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;

/** A command whose options have been read. */
public interface Command {
  /** The options that every command has. */
  CommonOptions common();

  /** Does the work; may throw {@link dev.muster.cli.view.CommandFailed}. */
  ExitCode run(Session session);
}
