package dev.muster.cli.shell;

import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The public keys that each server was seen to sign with, as SSH keeps those of hosts: trusted when
 * a server is met first, and from then on no others, so that whoever takes a server's place later
 * cannot make packages that verify.
 *
 * <p>A line is a server's address and a key in base64. The file lies in {@code .muster/} of the
 * current folder where a local stack has left that, and goes with the stack; otherwise in {@code
 * $XDG_CONFIG_HOME/muster} or {@code ~/.config/muster}.
 */
public final class KnownSigners {
  static final String FILE = "known-signing-keys";

  private final Path file;
  private final String server;

  private KnownSigners(Path file, String server) {
    this.file = file;
    this.server = server;
  }

  /** Those of a server. */
  public static KnownSigners of(Surroundings surroundings, String server) {
    return new KnownSigners(folder(surroundings).resolve(FILE), server.toLowerCase(Locale.ROOT));
  }

  private static Path folder(Surroundings surroundings) {
    Path local = surroundings.folder().resolve(".muster");
    String config = surroundings.environment().get("XDG_CONFIG_HOME");
    String home = surroundings.environment().get("HOME");
    if (Files.isDirectory(local) || isBlank(config) && isBlank(home)) {
      return local;
    }
    return (isBlank(config)
            ? Path.of(String.valueOf(home)).resolve(".config")
            : Path.of(String.valueOf(config)))
        .resolve("muster");
  }

  private static boolean isBlank(@Nullable String text) {
    return text == null || text.isBlank();
  }

  /** Where they are kept. */
  public Path file() {
    return file;
  }

  /** The keys known so far, as base64; none when the server was never met. */
  public List<String> keys() {
    List<String> keys = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file)) {
        String[] words = line.strip().split(" ", -1);
        if (words.length == 2 && words[0].equals(server)) {
          keys.add(words[1]);
        }
      }
      return keys;
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.FAILED, "Expected to read the known keys in " + file + ", but: " + e);
    }
  }

  /** These are the server's from now on, with those that are known. */
  public void add(List<String> keys) {
    List<String> known = keys();
    StringBuilder lines = new StringBuilder();
    for (String key : keys) {
      if (!known.contains(plain(key))) {
        lines.append(server).append(' ').append(plain(key)).append('\n');
      }
    }
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.FAILED, "Expected to keep the server's keys in " + file + ", but: " + e);
    }
  }

  /** A key without what PEM puts around it. */
  static String plain(String pem) {
    return pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
  }
}
