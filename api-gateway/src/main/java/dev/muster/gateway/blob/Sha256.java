package dev.muster.gateway.blob;

import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The SHA-256 of some bytes.
 *
 * @param hex 64 hexadecimal digits in lower case
 */
public record Sha256(String hex) {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

  public Sha256 {
    if (!FORM.matcher(hex).matches()) {
      throw new IllegalArgumentException(
          "Expected 64 hexadecimal digits in lower case, but got one of " + hex.length());
    }
  }

  /** The digest of 32 bytes. */
  public static Sha256 of(byte[] bytes) {
    return new Sha256(HexFormat.of().formatHex(bytes));
  }

  /** Reads what a user wrote; empty when it is no digest. */
  public static Optional<Sha256> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new Sha256(text)) : Optional.empty();
  }

  /** The 32 bytes. */
  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  /** A strong entity tag (RFC 9110, section 8.8.3): equal bytes, equal tag. */
  public String etag() {
    return "\"" + hex + "\"";
  }
}
