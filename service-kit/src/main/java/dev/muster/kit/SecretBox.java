package dev.muster.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts secrets that must be used again and so cannot be hashed: AES-256-GCM, bound to what they
 * belong to, with the id of the key in front. The key file has one key of 64 hexadecimal digits a
 * line: the first seals, all open, so that a key can be changed without losing what is sealed.
 */
public final class SecretBox {
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final List<Key> keys;

  private record Key(String id, SecretKeySpec key) {}

  private SecretBox(List<Key> keys) {
    this.keys = List.copyOf(keys);
  }

  /**
   * With the keys of a file; a file that is missing is made, readable by its owner only. Services
   * that start together make one.
   */
  public static SecretBox of(Path file) {
    try {
      if (!Files.exists(file)) {
        make(file);
      }
      List<Key> keys = new ArrayList<>();
      for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
        if (!line.isBlank()) {
          keys.add(key(line.strip()));
        }
      }
      if (keys.isEmpty()) {
        throw new IllegalStateException("Expected a key in " + file + ", but the file is empty");
      }
      return new SecretBox(keys);
    } catch (IOException e) {
      throw new UncheckedIOException("Expected to read or make the key file " + file, e);
    }
  }

  private static void make(Path file) throws IOException {
    Path whole = file.toAbsolutePath();
    byte[] key = new byte[KEY_BYTES];
    RANDOM.nextBytes(key);
    Path part =
        Files.createTempFile(
            whole.getParent(),
            ".key",
            null,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(part, HexFormat.of().formatHex(key) + "\n", StandardOpenOption.SYNC);
      Files.createLink(whole, part); // whole or not at all, and never over another's
    } catch (FileAlreadyExistsException e) {
      return; // somebody else was first; theirs is read
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static Key key(String hex) {
    if (!hex.matches("[0-9a-fA-F]{64}")) {
      throw new IllegalStateException("Expected keys of 64 hexadecimal digits, but one is not");
    }
    byte[] bytes = HexFormat.of().parseHex(hex);
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return new Key(
          HexFormat.of().formatHex(digest, 0, 4), new SecretKeySpec(bytes, 0, KEY_BYTES, "AES"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Expected SHA-256 in every Java, but it fails", e);
    }
  }

  /**
   * Seals a secret.
   *
   * @param owner what it belongs to; it opens for nothing else
   */
  public String seal(byte[] secret, String owner) {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    Key key = keys.getFirst();
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, nonce, owner);
      byte[] box = Arrays.copyOf(nonce, NONCE_BYTES + cipher.getOutputSize(secret.length));
      cipher.doFinal(secret, 0, secret.length, box, NONCE_BYTES);
      return key.id() + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(box);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Expected AES-GCM in every Java, but it fails", e);
    }
  }

  /** Opens what was sealed for this owner; empty when no key fits or it was tampered with. */
  public Optional<byte[]> open(String sealed, String owner) {
    int dot = sealed.indexOf('.');
    for (Key key : keys) {
      if (dot > 0 && sealed.substring(0, dot).equals(key.id())) {
        try {
          byte[] box = Base64.getUrlDecoder().decode(sealed.substring(dot + 1));
          Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, Arrays.copyOf(box, NONCE_BYTES), owner);
          return Optional.of(cipher.doFinal(box, NONCE_BYTES, box.length - NONCE_BYTES));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private static Cipher cipher(int mode, Key key, byte[] nonce, String owner)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key.key(), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(owner.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
