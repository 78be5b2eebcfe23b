package dev.muster.cli.shell;

import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.JsonText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Makes sources the newest revision of a project. */
public final class ProjectPush {
  private ProjectPush() {}

  /**
   * Packs what is not packed yet, makes the project when there is none, and pushes.
   *
   * @param what a folder, a file, or an archive
   * @param name the project
   * @return the project as the server shows it
   */
  public static Json run(Session session, String what, String name) {
    Path source = session.surroundings().folder().resolve(what);
    if (!Files.exists(source)) {
      throw new CommandFailed(
          ExitCode.USAGE, "Expected a folder or a file, but there is no " + what);
    }
    if (Files.isRegularFile(source) && what.matches(".*\\.(tar\\.gz|tgz)")) {
      return push(session, source, name);
    }
    Path packed = null;
    try {
      packed = Files.createTempFile("muster-push-", ".tar.gz");
      pack(session, source, packed);
      return push(session, packed, name);
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.FAILED, "Expected to pack " + what + ", but: " + e.getMessage());
    } finally {
      delete(packed);
    }
  }

  private static void pack(Session session, Path source, Path target) throws IOException {
    SourceArchive archive = SourceArchive.of(source);
    archive
        .unfit()
        .forEach(file -> session.terminal().say("Left out, it is no plain file: " + file));
    if (archive.count() == 0) {
      throw new IOException("there is no file in it");
    }
    try (OutputStream out = Files.newOutputStream(target)) {
      archive.write(out);
    }
  }

  /** Asks first: a server that refuses need not read what comes to the end. */
  private static Json push(Session session, Path archive, String name) {
    String path = "/projects/" + Api.encoded(name);
    try {
      session.api().get(path + "/status");
    } catch (CommandFailed e) {
      if (e.exitCode() != ExitCode.NOT_FOUND) {
        throw e;
      }
      make(session, name);
    }
    return session.api().send(path + "/push", archive, "application/gzip");
  }

  /** Somebody else may make it at the same time, which is as good. */
  private static void make(Session session, String name) {
    String wish = "{\"name\":" + JsonText.quote(name) + "}";
    try {
      session.api().create("/projects", wish.getBytes(StandardCharsets.UTF_8));
    } catch (CommandFailed e) {
      Json problem = e.problem();
      if (problem == null || !problem.text("code").equals("name-taken")) {
        throw e;
      }
    }
  }

  private static void delete(@Nullable Path packed) {
    if (packed != null) {
      try {
        Files.deleteIfExists(packed);
      } catch (IOException e) {
        packed.toFile().deleteOnExit();
      }
    }
  }
}
