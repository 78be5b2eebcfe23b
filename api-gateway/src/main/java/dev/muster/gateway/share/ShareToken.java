package dev.muster.gateway.share;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The secret of a link: 256 random bits, so that nobody finds one by trying and a plain hash is
 * enough to keep it.
 *
 * @param text {@code msh_} and 43 characters of URL-safe base64
 */
public record ShareToken(String text) {
  /** Random bytes of a token. */
  public static final int BYTES = 32;

  private static final String PREFIX = "msh_";
  private static final Pattern FORM = Pattern.compile("msh_[A-Za-z0-9_-]{43}");

  public ShareToken {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("Expected the secret of a link, but it is none");
    }
  }

  /** The token of some random bytes. */
  public static ShareToken of(byte[] random) {
    return new ShareToken(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random));
  }

  /** Reads what a client sent; empty when it cannot be a token. */
  public static Optional<ShareToken> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new ShareToken(text)) : Optional.empty();
  }

  /** What is kept of it. */
  public byte[] hash() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Expected SHA-256 in every Java, but it is missing", e);
    }
  }

  /** Never shows the secret. */
  @Override
  public String toString() {
    return PREFIX + "…";
  }
}
