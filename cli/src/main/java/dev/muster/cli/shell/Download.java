package dev.muster.cli.shell;

import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Brings documents of the server into files; a file is there only when it is whole. */
public final class Download {
  private Download() {}

  /**
   * Writes a document into a file of the current folder.
   *
   * @param path where the server has it
   * @param file the file's name, replaced when it is there
   */
  public static void toFile(Session session, String path, String file) {
    Path target = session.surroundings().folder().resolve(file);
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try {
      try (OutputStream out = Files.newOutputStream(part)) {
        session.api().copy(path, out);
      }
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.FAILED, "Expected to write " + file + ", but: " + e.getMessage());
    }
  }
}
