package dev.muster.cli.shell;

import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a downloaded package: the manifest by its signature, then every file by the manifest.
 * Digests are computed here from the bytes that are here; of the server nothing is believed but the
 * public keys that it had when it was first met, and not even those when the user names one.
 */
public final class PackageCheck {
  private static final String TYPE = "muster.result-manifest.v1";

  private final Path folder;
  private final List<String> wrong = new ArrayList<>();

  private PackageCheck(Path folder) {
    this.folder = folder;
  }

  /**
   * What was found.
   *
   * @param job the job that the signed manifest names
   * @param files how many files agree with it
   * @param wrong what does not, a sentence each; empty when all is well
   */
  public record Outcome(String job, int files, List<String> wrong) {
    public Outcome {
      wrong = List.copyOf(wrong);
    }
  }

  /**
   * Verifies a folder, or the folder of an archive.
   *
   * @param path as the user wrote it
   * @param keys public keys in PEM
   */
  public static Outcome of(Surroundings surroundings, String path, List<String> keys) {
    Path at = surroundings.folder().resolve(path);
    Path parent = at.toAbsolutePath().getParent();
    PackageCheck check = new PackageCheck(Files.isDirectory(at) || parent == null ? at : parent);
    try {
      return check.run(keys);
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.FAILED, "Expected to read the package in " + path + ", but: " + e);
    }
  }

  /** Whether a file or folder of this name is there. */
  public static boolean isThere(Surroundings surroundings, String path) {
    return Files.exists(surroundings.folder().resolve(path));
  }

  /** A public key in a file. */
  public static String key(Surroundings surroundings, String file) {
    try {
      return Files.readString(surroundings.folder().resolve(file));
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.USAGE, "Expected a public key in " + file + ", but it cannot be read");
    }
  }

  private Outcome run(List<String> keys) throws IOException {
    byte[] text = Files.readAllBytes(folder.resolve(PackageFolder.MANIFEST));
    String signature = Files.readString(folder.resolve(PackageFolder.SIGNATURE)).strip();
    if (keys.stream().noneMatch(key -> signed(text, signature, key))) {
      return new Outcome("", 0, List.of("manifest.json is not what the server signed"));
    }
    Json manifest = PackageFolder.manifest(folder);
    if (!manifest.text("type").equals(TYPE)) {
      return new Outcome("", 0, List.of("manifest.json is not a manifest of results"));
    }
    Map<String, Json> files = new LinkedHashMap<>();
    manifest.list("files").forEach(file -> files.put(file.text("name"), file));
    Path archive = folder.resolve(PackageFolder.ARCHIVE);
    Path unpacked = folder.resolve(manifest.text("job_id"));
    boolean hasArchive = Files.isRegularFile(archive);
    boolean hasFiles = Files.isDirectory(unpacked, LinkOption.NOFOLLOW_LINKS);
    if (!hasArchive && !hasFiles) {
      wrong.add(PackageFolder.ARCHIVE + " is missing");
    }
    if (hasArchive) {
      archive(archive, manifest.at("archive"), files);
    }
    if (hasFiles) {
      unpacked(unpacked, files);
    }
    return new Outcome(manifest.text("job_id"), wrong.isEmpty() ? files.size() : 0, wrong);
  }

  private static boolean signed(byte[] text, String signature, String pem) {
    try {
      String base64 = KnownSigners.plain(pem);
      PublicKey key =
          KeyFactory.getInstance("Ed25519")
              .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(base64)));
      Signature check = Signature.getInstance("Ed25519");
      check.initVerify(key);
      check.update(text);
      return check.verify(Base64.getDecoder().decode(signature));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false; // what is no key or no signature verifies nothing
    }
  }

  private void archive(Path archive, Json expected, Map<String, Json> files) throws IOException {
    Digests.Sum sum;
    try (InputStream in = Files.newInputStream(archive)) {
      sum = Digests.of(in);
    }
    if (agrees(expected, sum)) {
      return; // every byte of it is what was signed, and so is every file in it
    }
    wrong.add(PackageFolder.ARCHIVE + " is not the archive that was signed");
    try (ZipFile zip = new ZipFile(archive.toFile(), StandardCharsets.UTF_8)) {
      Set<String> seen = new HashSet<>();
      for (ZipEntry entry : Collections.list(zip.entries())) {
        if (!entry.isDirectory()) {
          seen.add(entry.getName());
          entry(zip, entry, files.get(entry.getName()));
        }
      }
      files.keySet().stream()
          .filter(name -> !seen.contains(name))
          .forEach(name -> wrong.add(name + " is missing in the archive"));
    } catch (IOException e) {
      wrong.add(PackageFolder.ARCHIVE + " cannot be read any further: " + e.getMessage());
    }
  }

  private void entry(ZipFile zip, ZipEntry entry, @Nullable Json expected) {
    try (InputStream in = zip.getInputStream(entry)) {
      told(entry.getName(), expected, Digests.of(in));
    } catch (IOException e) {
      wrong.add(entry.getName() + " cannot be read: " + e.getMessage());
    }
  }

  private void unpacked(Path root, Map<String, Json> files) throws IOException {
    Set<String> seen = new HashSet<>();
    List<Path> found;
    try (Stream<Path> all = Files.walk(root)) {
      found = all.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)).toList();
    }
    for (Path file : found) {
      String name =
          folder.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
      seen.add(name);
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        wrong.add(name + " is not a file");
        continue;
      }
      try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
        told(name, files.get(name), Digests.of(in));
      }
    }
    files.keySet().stream()
        .filter(name -> !seen.contains(name))
        .forEach(name -> wrong.add(name + " is missing"));
  }

  private void told(String name, @Nullable Json expected, Digests.Sum sum) {
    if (expected == null) {
      wrong.add(name + " is not in the manifest");
    } else if (!agrees(expected, sum)) {
      wrong.add(name + " has other bytes than were signed");
    }
  }

  private static boolean agrees(Json expected, Digests.Sum sum) {
    return expected.text("sha256").equals(sum.sha256())
        && expected.integer("size_bytes") == sum.bytes();
  }
}
