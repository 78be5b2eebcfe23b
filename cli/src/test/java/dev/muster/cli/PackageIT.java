package dev.muster.cli;

import static dev.muster.cli.StubServer.JOB_ID;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.muster.cli.ClientRun.Ended;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downloads that break off, and packages that are not what was signed. */
class PackageIT {
  private static final String PATH = "GET /jobs/" + JOB_ID + "/download";
  private static final String A = JOB_ID + "/artifacts/a.bin";
  private static final String B = JOB_ID + "/artifacts/b.bin";

  @TempDir Path folder;
  private StubServer server;
  private KeyPair keys;
  private Map<String, byte[]> files;
  private byte[] archive;
  private List<KeyPair> signingKeys;

  @BeforeEach
  void publish() throws Exception {
    server = new StubServer();
    keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    files = new LinkedHashMap<>();
    files.put(JOB_ID + "/result.txt", "{}".getBytes(StandardCharsets.UTF_8));
    files.put(A, random(1));
    files.put(B, random(2));
    archive = zip(files);
    String manifest = manifest();
    server.on(PATH + "/manifest.json", 200, manifest);
    server.on(PATH + "/manifest.json.sig", 200, signed(keys, manifest));
    server.on(PATH + "/output.sha256", 200, sha256(archive) + "  output.zip\n");
    signingKeys = List.of(keys);
    server.on("GET /signing-keys", this::sendKeys);
    server.on("GET /jobs/" + JOB_ID + "/package", 200, "{\"size_bytes\":" + archive.length + "}");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void brokenDownloadGoesOnWhereItEnded() throws Exception {
    server.on(PATH, exchange -> send(exchange, 0, 100_000));
    server.on(PATH, exchange -> send(exchange, 100_000, 70_000));
    server.on(PATH, exchange -> send(exchange, 170_000, archive.length - 170_000));

    Ended ended = client("download", JOB_ID, "out");

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(folder.resolve("out/output.zip")).hasBinaryContent(archive);
    assertThat(
            server.requests().stream()
                .map(request -> String.valueOf(request.header("Range")))
                .filter(range -> range.startsWith("bytes=")))
        .containsExactly("bytes=100000-", "bytes=170000-");
    try (var left = Files.list(folder.resolve("out"))) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "output.zip", "output.sha256", "manifest.json", "manifest.json.sig");
    }
    Process check =
        new ProcessBuilder("sha256sum", "-c", "output.sha256")
            .directory(folder.resolve("out").toFile())
            .start();
    assertThat(check.waitFor()).isZero();
  }

  @Test
  void packageThatIsBeingBuiltIsWaitedFor() throws Exception {
    var server = new StubServer();
    try (server) {
      server.on(
          PATH + "/manifest.json",
          503,
          StubServer.problem(503, "package-not-ready", "x", "y"),
          "Retry-After",
          "2");
      server.on(PATH + "/manifest.json", 425, StubServer.problem(425, "job-not-ready", "x", "y"));

      Ended ended =
          new ClientRun()
              .with("MUSTER_SERVER", server.address())
              .in(folder)
              .run("download", JOB_ID);

      assertThat(ended.code()).isEqualTo(1);
      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void wholePackageIsVerifiedWithAndWithoutTheServer() throws Exception {
    downloaded();
    Files.writeString(folder.resolve("key.pem"), pem(keys, "\n"));

    assertThat(client("verify", "out").code()).isZero();
    assertThat(client("verify", "out/output.zip").out())
        .contains("3 files are as they were signed");
    server.close();
    assertThat(client("verify", "out", "--key", "key.pem").code()).isZero();
    assertThat(client("verify", "out").code()).as("with the key that is kept").isZero();
  }

  @Test
  void serverThatSignsWithOtherKeysThanWhenItWasMetIsNotBelieved() throws Exception {
    downloaded();
    assertThat(folder.resolve(".muster/known-signing-keys")).isNotEmptyFile();
    KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Path manifest = folder.resolve("out/manifest.json");
    Files.writeString(
        folder.resolve("out/manifest.json.sig"), signed(other, Files.readString(manifest)));
    signingKeys = List.of(other);

    Ended ended = client("verify", "out");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.out()).contains("manifest.json is not what the server signed");
    assertThat(client("verify", "out", "--trust-new-keys").code()).isZero();
    assertThat(client("verify", "out").code()).isZero();
  }

  @Test
  void keysOfServersAreApartAndAreInTheUsersConfigurationWithoutALocalStack() throws Exception {
    Path home = Files.createDirectories(folder.resolve("home"));
    server.on(PATH, exchange -> send(exchange, 0, archive.length));
    ClientRun elsewhere =
        new ClientRun()
            .with("MUSTER_SERVER", server.address())
            .with("HOME", home.toString())
            .in(folder);

    assertThat(elsewhere.run("download", JOB_ID, "out").code()).isZero();

    assertThat(folder.resolve(".muster")).doesNotExist();
    assertThat(home.resolve(".config/muster/known-signing-keys"))
        .content()
        .startsWith(server.address() + " ");
  }

  @Test
  void oneFlippedByteIsFound() throws Exception {
    downloaded();
    for (int at = 0; at < archive.length; at += 9_973) {
      byte[] flipped = archive.clone();
      flipped[at] ^= 1;
      Files.write(folder.resolve("out/output.zip"), flipped);

      Ended ended = client("verify", "out");

      assertThat(ended.code()).as("byte %d", at).isEqualTo(1);
      assertThat(ended.out()).contains("output.zip is not the archive that was signed");
    }
  }

  @Test
  void oneSwappedFileIsFoundAndNamed() throws Exception {
    downloaded();
    Map<String, byte[]> swapped = new LinkedHashMap<>(files);
    swapped.put(A, files.get(B));
    swapped.put(B, files.get(A));
    Files.write(folder.resolve("out/output.zip"), zip(swapped));

    Ended ended = client("verify", "out");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.out())
        .contains(A + " has other bytes than were signed")
        .contains(B + " has other bytes than were signed")
        .doesNotContain("result.txt");
  }

  @Test
  void unpackedFilesAreVerifiedToo() throws Exception {
    downloaded();
    for (var file : files.entrySet()) {
      Path path = folder.resolve("out").resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    assertThat(client("verify", "out").code()).isZero();
    Files.write(folder.resolve("out").resolve(A), new byte[] {1});
    Files.delete(folder.resolve("out").resolve(B));
    Files.write(folder.resolve("out").resolve(JOB_ID).resolve("more"), new byte[1]);
    Files.createSymbolicLink(
        folder.resolve("out").resolve(JOB_ID).resolve("link"), Path.of("/etc/hostname"));

    assertThat(client("verify", "out").out())
        .contains(A + " has other bytes")
        .contains(B + " is missing")
        .contains("more is not in the manifest")
        .contains("link is not a file");
  }

  @Test
  void manifestThatSomebodyElseSignedOrChangedIsRefused() throws Exception {
    downloaded();
    KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Files.writeString(folder.resolve("other.pem"), pem(other, "\n"));
    assertThat(client("verify", "out", "--key", "other.pem").code()).isEqualTo(1);
    Path manifest = folder.resolve("out/manifest.json");
    Files.writeString(manifest, Files.readString(manifest).replace("a.bin", "c.bin"));

    Ended ended = client("verify", "out");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.out()).contains("manifest.json is not what the server signed");
  }

  @Test
  void archiveThatDiffersFromItsManifestIsNotKept() {
    byte[] other = archive.clone();
    other[500] ^= 1;
    archive = other;
    server.on(PATH, exchange -> send(exchange, 0, archive.length));

    Ended ended = client("download", JOB_ID, "out");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(folder.resolve("out/output.zip")).doesNotExist();
  }

  private void downloaded() {
    server.on(PATH, exchange -> send(exchange, 0, archive.length));
    Ended ended = client("download", JOB_ID, "out");
    assertThat(ended.code()).as(ended.err()).isZero();
  }

  private Ended client(String... args) {
    return new ClientRun().with("MUSTER_SERVER", server.address()).in(folder).run(args);
  }

  /** Announces all that follows and sends so many bytes of it. */
  private void send(HttpExchange exchange, int from, int count) throws IOException {
    exchange.sendResponseHeaders(from == 0 ? 200 : 206, archive.length - from);
    var out = exchange.getResponseBody();
    out.write(archive, from, count);
    out.flush();
    exchange.close();
  }

  private void sendKeys(HttpExchange exchange) throws IOException {
    String keysNow =
        signingKeys.stream()
            .map(pair -> "{\"public_key\":\"" + pem(pair, "\\n") + "\"}")
            .collect(Collectors.joining(",", "{\"data\":[", "]}"));
    byte[] bytes = keysNow.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static String signed(KeyPair pair, String manifest) throws Exception {
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(pair.getPrivate());
    signature.update(manifest.getBytes(StandardCharsets.UTF_8));
    return Base64.getEncoder().encodeToString(signature.sign());
  }

  private String manifest() throws Exception {
    StringBuilder list = new StringBuilder();
    for (var file : files.entrySet()) {
      list.append(list.isEmpty() ? "" : ",").append(entry(file.getKey(), file.getValue()));
    }
    return "{\"type\":\"muster.result-manifest.v1\",\"job_id\":\"%s\",\"archive\":%s,\"files\":[%s]}"
        .formatted(JOB_ID, entry("output.zip", archive), list);
  }

  private static String entry(String name, byte[] bytes) throws Exception {
    return "{\"name\":\"%s\",\"size_bytes\":%d,\"sha256\":\"%s\"}"
        .formatted(name, bytes.length, sha256(bytes));
  }

  private static byte[] zip(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (var file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue());
        zip.closeEntry();
      }
    }
    return out.toByteArray();
  }

  private static String pem(KeyPair keys, String line) {
    return "-----BEGIN PUBLIC KEY-----"
        + line
        + Base64.getEncoder().encodeToString(keys.getPublic().getEncoded())
        + line
        + "-----END PUBLIC KEY-----"
        + line;
  }

  private static byte[] random(long seed) {
    byte[] bytes = new byte[100_000];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
