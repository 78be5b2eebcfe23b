package dev.muster.gateway.shell.packaging;

import dev.muster.gateway.shell.config.GatewayConfig;
import dev.muster.kit.Tx;
import io.vertx.core.buffer.Buffer;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * The key that signs manifests: Ed25519 (RFC 8032), which needs no randomness to sign and whose
 * keys OpenSSL reads. The file holds a private key and its public key, PKCS #8 and X.509 in base64,
 * a line each; putting another pair in front changes the key, and what the old one signed can still
 * be verified, since public keys are kept in a table.
 */
@Singleton
public final class SigningKeys {
  private static final String ALGORITHM = "Ed25519";

  private final PrivateKey secret;
  private final byte[] publicKey;
  private final String id;

  SigningKeys(GatewayConfig config, PackageConfig packages) {
    Path file =
        packages
            .signingKeyFile()
            .or(() ->
                config.bootstrapKeyFile().map(keyFile -> keyFile.resolveSibling("signing-key")))
            .orElse(Path.of("signing-key"));
    try {
      if (!Files.exists(file)) {
        make(file);
      }
      List<String> lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
      if (lines.size() < 2) {
        throw new IllegalStateException(
            "Expected a private and a public key in the signing key file, but a line is missing");
      }
      KeyFactory keys = KeyFactory.getInstance(ALGORITHM);
      secret =
          keys.generatePrivate(
              new PKCS8EncodedKeySpec(Base64.getDecoder().decode(lines.getFirst().strip())));
      publicKey = Base64.getDecoder().decode(lines.get(1).strip());
      keys.generatePublic(new X509EncodedKeySpec(publicKey));
      id = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(publicKey), 0, 8);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Expected to read or make the signing key file, but cannot", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "Expected an Ed25519 key pair in the signing key file, but it holds something else", e);
    }
  }

  private static void make(Path file) throws IOException, GeneralSecurityException {
    KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
    Base64.Encoder base64 = Base64.getEncoder();
    Path whole = file.toAbsolutePath();
    Path part =
        Files.createTempFile(
            whole.getParent(),
            ".key",
            null,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(
          part,
          base64.encodeToString(pair.getPrivate().getEncoded())
              + "\n"
              + base64.encodeToString(pair.getPublic().getEncoded())
              + "\n",
          StandardOpenOption.SYNC);
      Files.createLink(whole, part); // whole or not at all, and never over another's
    } catch (FileAlreadyExistsException e) {
      return; // another gateway was first; its key is read
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** The name of the key: the first 16 hexadecimal digits of the public key's SHA-256. */
  public String id() {
    return id;
  }

  /** The signature of some bytes, base64. */
  public String sign(byte[] bytes) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(secret);
      signature.update(bytes);
      return Base64.getEncoder().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Expected Ed25519 in every Java, but it fails", e);
    }
  }

  /** Makes the public key known, for as long as there is a package. */
  public void publish(Tx tx) {
    tx.update(
        "INSERT INTO gateway.signing_key (key_id, public_key) VALUES ($1, $2)"
            + " ON CONFLICT DO NOTHING",
        id,
        Buffer.buffer(publicKey));
  }
}
