package dev.muster.cli.shell;

import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The folder into which a job's result package is downloaded. The archive comes last and is there
 * only when it is whole; what a broken download left is gone on with, by the next one too.
 */
public final class PackageFolder {
  /** The archive. */
  public static final String ARCHIVE = "output.zip";

  /** What GNU {@code sha256sum -c} reads. */
  public static final String CHECKSUMS = "output.sha256";

  static final String MANIFEST = "manifest.json";
  static final String SIGNATURE = "manifest.json.sig";
  private static final int TRIES = 8;
  private static final int BUFFER_BYTES = 256 * 1024;
  private static final Duration WAIT_MAX = Duration.ofMinutes(30);

  private final Session session;
  private final String job;
  private final Path folder;

  /**
   * @param job the job's path below the API
   * @param folder where to, below the current folder; made when needed
   */
  public PackageFolder(Session session, String job, String folder) {
    this.session = session;
    this.job = job + "/download";
    this.folder = session.surroundings().folder().resolve(folder);
  }

  /** Downloads the list of checksums only. */
  public void checksums() {
    make();
    small(CHECKSUMS);
  }

  /** Downloads all files; those that are there are replaced. */
  public void all() {
    make();
    small(MANIFEST);
    small(SIGNATURE);
    small(CHECKSUMS);
    Json archive = manifest(folder).at("archive");
    String digest = archive.text("sha256");
    if (!digest.matches("[0-9a-f]{64}")) {
      throw new CommandFailed(
          ExitCode.FAILED, "Expected the archive's SHA-256 in the manifest, but there is none");
    }
    try {
      archive(digest, archive.integer("size_bytes"));
    } catch (IOException e) {
      throw failed(ARCHIVE, e);
    }
  }

  private void make() {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw failed(folder.toString(), e);
    }
  }

  /** Waits while the package is being built. */
  private void small(String name) {
    Path part = folder.resolve(name + ".part");
    long until = System.nanoTime() + WAIT_MAX.toNanos();
    while (true) {
      try (var out = Files.newOutputStream(part)) {
        session.api().copy(job + "/" + name, out);
        break;
      } catch (IOException e) {
        throw failed(name, e);
      } catch (CommandFailed e) {
        Json problem = e.problem();
        if (problem == null
            || !problem.text("code").equals("package-not-ready")
            || System.nanoTime() > until) {
          discard(part);
          throw e;
        }
        session.hint("The package is being built …");
        LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
      }
    }
    try {
      Files.move(part, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw failed(name, e);
    }
  }

  private static void discard(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      throw failed(part.toString(), e);
    }
  }

  private void archive(String digest, long bytes) throws IOException {
    Path part = folder.resolve(ARCHIVE + "." + digest.substring(0, 12) + ".part");
    for (int tries = 1; ; tries++) {
      try {
        append(part, digest, bytes);
        break;
      } catch (IOException e) {
        if (tries == TRIES) {
          throw session.api().unreachable(e);
        }
        LockSupport.parkNanos(Duration.ofMillis(100L << tries).toNanos());
      }
    }
    String got = Digests.sha256(part);
    if (!got.equals(digest)) {
      Files.delete(part);
      throw new CommandFailed(
          ExitCode.FAILED,
          "Expected an archive with the SHA-256 of its manifest, but the bytes that came differ");
    }
    Files.move(part, folder.resolve(ARCHIVE), StandardCopyOption.REPLACE_EXISTING);
  }

  /** Gets what is missing behind what is there. */
  private void append(Path part, String digest, long bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(part.toFile(), "rw")) {
      long have = Math.min(file.length(), bytes);
      if (have == bytes && bytes > 0) {
        return;
      }
      HttpURLConnection connection = session.api().open(job);
      if (have > 0) {
        connection.setRequestProperty("Range", "bytes=" + have + "-");
        connection.setRequestProperty("If-Range", '"' + digest + '"');
      }
      int status = connection.getResponseCode();
      if (status >= 500) {
        throw new IOException("the server answered " + status);
      }
      if (status >= 300) {
        throw Api.refused(connection);
      }
      long at = status == 206 ? have : 0;
      file.setLength(at);
      file.seek(at);
      copy(connection, file);
      if (file.length() < bytes) {
        throw new IOException("the connection ended after " + file.length() + " bytes");
      }
    }
  }

  private static void copy(HttpURLConnection connection, RandomAccessFile file) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = connection.getInputStream()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        file.write(buffer, 0, n);
      }
    }
  }

  /** The manifest in a folder. */
  static Json manifest(Path folder) {
    try {
      return JsonText.parse(Files.readAllBytes(folder.resolve(MANIFEST)));
    } catch (IOException | JsonText.BadJsonException e) {
      throw new CommandFailed(
          ExitCode.FAILED, "Expected a manifest in " + folder + ", but: " + reason(e));
    }
  }

  private static CommandFailed failed(String what, IOException e) {
    return new CommandFailed(ExitCode.FAILED, "Expected to write " + what + ", but: " + reason(e));
  }

  private static String reason(Exception e) {
    @Nullable String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
