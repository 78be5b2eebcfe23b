package dev.muster.gateway.shell.config;

import dev.muster.contracts.id.JobId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The gateway's own secret, and what is authenticated with it. */
public final class Secrets {
  private static final int PEPPER_MIN = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SecretKeySpec key;

  private Secrets(String pepper) {
    if (pepper.length() < PEPPER_MIN) {
      throw new IllegalStateException(
          "Expected a pepper of at least " + PEPPER_MIN + " characters, but it is shorter");
    }
    this.key = new SecretKeySpec(pepper.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
  }

  /** Takes the pepper from where the configuration says it is. */
  public static Secrets of(GatewayConfig config) {
    if (config.pepper().isPresent()) {
      return new Secrets(config.pepper().get());
    }
    Path file =
        config
            .pepperFile()
            .or(() ->
                config.bootstrapKeyFile().map(keyFile -> keyFile.resolveSibling("gateway-pepper")))
            .orElseThrow(() ->
                new IllegalStateException(
                    "Expected gateway.pepper or gateway.pepper-file, but neither is set"));
    return new Secrets(fromFile(file));
  }

  private static String fromFile(Path file) {
    try {
      byte[] random = new byte[32];
      RANDOM.nextBytes(random);
      try {
        Files.createFile(file, ownerOnly());
        Files.writeString(file, HexFormat.of().formatHex(random));
      } catch (FileAlreadyExistsException e) {
        return Files.readString(file).strip();
      }
      return HexFormat.of().formatHex(random);
    } catch (IOException e) {
      throw new UncheckedIOException("Expected to read or make the pepper file, but cannot", e);
    }
  }

  /** HMAC-SHA-256 of a text. */
  public byte[] mac(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("Expected HMAC-SHA-256 in every Java, but it fails", e);
    }
  }

  /** The secret under which the rights of a job's attempts are signed. */
  public String jobKey(JobId job) {
    return HexFormat.of().formatHex(mac("files\n" + job.value()));
  }

  /** Random numbers from 0 to 61. */
  public static int[] letters(int count) {
    return RANDOM.ints(count, 0, 62).toArray();
  }

  /** Writes a secret so that only the owner can read it and nobody ever sees a part of it. */
  public static void write(Path file, String secret) {
    try {
      Path whole = file.toAbsolutePath();
      Path part = whole.resolveSibling(whole.getFileName() + ".part");
      Files.deleteIfExists(part);
      Files.createFile(part, ownerOnly());
      Files.writeString(part, secret + "\n", StandardOpenOption.SYNC, StandardOpenOption.WRITE);
      Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("Expected to write the first API key, but cannot", e);
    }
  }

  private static FileAttribute<Set<PosixFilePermission>> ownerOnly() {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  }
}
