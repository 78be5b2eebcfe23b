package dev.muster.cli.shell;

import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.Table;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

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

  /**
   * Brings artifacts into a folder, as TASK/NAME; those that are there already stay.
   *
   * @param artifacts as the server lists them
   * @return how many were fetched
   */
  public static int artifacts(Session session, List<Json> artifacts, String folder) {
    Path root = session.surroundings().folder().resolve(folder).toAbsolutePath().normalize();
    int fetched = 0;
    for (Json one : artifacts) {
      Path target = target(root, one);
      String sha256 = one.text("sha256");
      if (!isThere(target, sha256)) {
        checked(session, "/artifacts/" + Api.encoded(one.text("artifact_id")), target, sha256);
        fetched++;
      }
    }
    return fetched;
  }

  /** Names are the tasks' own; none of them may lead out of the folder. */
  private static Path target(Path root, Json one) {
    String name = one.text("filename");
    try {
      Path target = root.resolve(one.text("task_index")).resolve(name).normalize();
      if (target.startsWith(root) && !target.equals(root)) {
        return target;
      }
    } catch (InvalidPathException e) {
      throw new CommandFailed(
          ExitCode.FAILED, "Expected a name that can be a file's, but it is " + Table.plain(name));
    }
    throw new CommandFailed(
        ExitCode.FAILED, "Expected a name inside the folder, but it is " + Table.plain(name));
  }

  /** Whether a file has these bytes already. */
  private static boolean isThere(Path file, String sha256) {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    MessageDigest digest = sha256();
    try (OutputStream digesting = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      Files.copy(file, digesting);
    } catch (IOException e) {
      return false; // fetched anew, which tells what is wrong with the place
    }
    return hex(digest).equals(sha256);
  }

  /** Brings bytes into a file and compares their digest; other bytes never get the file's name. */
  private static void checked(Session session, String path, Path target, String sha256) {
    Path part = target.resolveSibling(target.getFileName() + ".part");
    MessageDigest digest = sha256();
    try {
      Files.createDirectories(target.getParent());
      try (OutputStream out = new DigestOutputStream(Files.newOutputStream(part), digest)) {
        session.api().copy(path, out);
      }
      if (!hex(digest).equals(sha256)) {
        Files.delete(part);
        throw new CommandFailed(
            ExitCode.FAILED,
            "Expected " + target.getFileName() + " as listed, but its digest differs");
      }
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.FAILED, "Expected to write " + target + ", but: " + e.getMessage());
    }
  }

  private static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Expected SHA-256 in every Java, but it is missing", e);
    }
  }
}
