package dev.muster.gateway.shell.s3;

import dev.muster.gateway.s3.Signed;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The key of Signature Version 4 for one day, region and service, and what is signed with it. */
final class SigningKey {
  /** SHA-256 of nothing. */
  static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  private final byte[] key;
  private final String time;
  private final String scope;

  private SigningKey(byte[] key, String time, String scope) {
    this.key = key;
    this.time = time;
    this.scope = scope;
  }

  /** Derives the key from a secret. */
  static SigningKey of(String secret, String time, String scope) {
    byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
    for (String part : scope.split("/", -1)) {
      key = mac(key, part);
    }
    return new SigningKey(key, time, scope);
  }

  /** The signature of a text. */
  String sign(String text) {
    return HexFormat.of().formatHex(mac(key, text));
  }

  /** Whether the request is signed with this key; takes the same time for every wrong one. */
  boolean signed(Signed signed, String canonical) {
    return MessageDigest.isEqual(
        sign(signed.text(sha256(canonical))).getBytes(StandardCharsets.US_ASCII),
        signed.signature().getBytes(StandardCharsets.US_ASCII));
  }

  /** The signature of a chunk of a body, which chains to the one before. */
  String ofChunk(String previous, String digest) {
    return sign(
        String.join("\n", Signed.ALGORITHM + "-PAYLOAD", time, scope, previous, EMPTY, digest));
  }

  /** The signature of the trailer of a body. */
  String ofTrailer(String previous, String trailer) {
    return sign(
        String.join(
            "\n",
            Signed.ALGORITHM.replace("HMAC-SHA256", "HMAC-SHA256-TRAILER"),
            time,
            scope,
            previous,
            sha256(trailer)));
  }

  static String sha256(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  static MessageDigest sha256() {
    return digest("SHA-256");
  }

  static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Expected " + algorithm + " in every Java", e);
    }
  }

  private static byte[] mac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("Expected HMAC-SHA-256 in every Java, but it fails", e);
    }
  }
}
