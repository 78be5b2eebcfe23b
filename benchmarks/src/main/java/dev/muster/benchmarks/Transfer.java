package dev.muster.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Moves one file up to the platform and down again, and compares both with {@code cp} plus {@code
 * sha256sum} of the same bytes on the same disk.
 */
final class Transfer {
  private static final int BUFFER_BYTES = 1024 * 1024;
  private static final Duration MEMORY_EVERY = Duration.ofMillis(200);

  private final Client client;
  private final Path muster;
  private final Path folder = Path.of("transfer").toAbsolutePath();

  Transfer(Client client, Path muster) {
    this.client = client;
    this.muster = muster;
  }

  /**
   * Runs it.
   *
   * @param mebibytes size of the file
   */
  void run(int mebibytes) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path file = folder.resolve("bytes");
    Path back = folder.resolve("back");
    try {
      String digest = fill(file, mebibytes);
      double copied = copy(file, folder.resolve("copy"));
      Files.delete(folder.resolve("copy"));
      Memory memory = Memory.watch(Processes.components(muster).getOrDefault("api-gateway", 0L));
      long start = System.nanoTime();
      JsonNode artifact = upload(file);
      double up = seconds(start);
      Files.delete(file);
      start = System.nanoTime();
      String fetched = download(artifact.path("download_url").asText(), back);
      double down = seconds(start);
      long most = memory.end();
      if (!fetched.equals(digest) || !artifact.path("sha256").asText().equals(digest)) {
        throw new IOException("Expected the bytes that were sent, but others came back");
      }
      System.out.printf(
          Locale.ROOT,
          "%d MiB: cp, sync and sha256sum %.1f s; up %.1f s (%.2f of that speed), down and checked"
              + " %.1f s (%.2f); gateway at most %d MiB%n",
          mebibytes,
          copied,
          up,
          copied / up,
          down,
          copied / down,
          most / 1024);
      delete(artifact.path("artifact_id").asText());
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(back);
    }
  }

  /** Random bytes, so that nothing on the way can be clever. */
  private static String fill(Path file, int mebibytes) throws IOException {
    MessageDigest digest = sha256();
    SplittableRandom random = new SplittableRandom(1);
    byte[] buffer = new byte[BUFFER_BYTES];
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      for (int i = 0; i < mebibytes; i++) {
        random.nextBytes(buffer);
        digest.update(buffer);
        ByteBuffer bytes = ByteBuffer.wrap(buffer);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }
      channel.force(true);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The store forces to the disk what it has taken, so the copy is forced as well. */
  private static double copy(Path from, Path to) throws IOException, InterruptedException {
    long start = System.nanoTime();
    for (List<String> command :
        List.of(
            List.of("cp", from.toString(), to.toString()),
            List.of("sync", to.toString()),
            List.of("sha256sum", to.toString()))) {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      if (process.waitFor() != 0) {
        throw new IOException("Expected " + command.getFirst() + " to do its work, but it failed");
      }
    }
    return seconds(start);
  }

  private HttpURLConnection open(String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) client.base().resolve(path).toURL().openConnection();
    connection.setRequestProperty("Authorization", "Bearer " + client.key());
    return connection;
  }

  private JsonNode upload(Path file) throws IOException {
    HttpURLConnection connection = open("/api/v1/artifacts");
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    connection.setRequestProperty("Content-Type", "application/octet-stream");
    connection.setRequestProperty("X-Artifact-Filename", "transfer.bin");
    connection.setFixedLengthStreamingMode(Files.size(file));
    try (OutputStream out = connection.getOutputStream();
        InputStream in = Files.newInputStream(file)) {
      pass(in, out);
    }
    if (connection.getResponseCode() != 201) {
      throw new IOException("Expected 201, but got " + connection.getResponseCode());
    }
    try (InputStream in = connection.getInputStream()) {
      return Client.JSON.readTree(in.readAllBytes());
    }
  }

  private String download(String path, Path to) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(open(path).getInputStream(), digest);
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(to), BUFFER_BYTES)) {
      pass(in, out);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private void delete(String artifact) throws IOException {
    HttpURLConnection connection = open("/api/v1/artifacts/" + artifact);
    connection.setRequestMethod("DELETE");
    if (connection.getResponseCode() != 204) {
      throw new IOException("Expected 204, but got " + connection.getResponseCode());
    }
  }

  private static void pass(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      out.write(buffer, 0, n);
    }
  }

  private static double seconds(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Expected SHA-256 in every Java, but it is missing", e);
    }
  }

  /** The most memory that a process has while it is watched. */
  private record Memory(Thread thread, AtomicLong most) {
    static Memory watch(long pid) {
      AtomicLong most = new AtomicLong();
      Thread thread =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                  most.accumulateAndGet(Processes.pssKib(pid), Math::max);
                  LockSupport.parkNanos(MEMORY_EVERY.toNanos());
                }
              });
      return new Memory(thread, most);
    }

    /** KiB. */
    long end() throws InterruptedException {
      thread.interrupt();
      thread.join();
      return most.get();
    }
  }
}
