package dev.muster.kit;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.JobId;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The right of one attempt to get and leave files, for a while. It is a text that names the attempt
 * and its end, authenticated with HMAC-SHA-256 (RFC 2104) under a secret of the job.
 *
 * @param attempt whose right it is
 * @param expiresAt when it ends, to the second
 */
public record AttemptRight(AttemptRef attempt, Instant expiresAt) {
  private static final Pattern FORM =
      Pattern.compile(
          "([0-9A-HJKMNP-TV-Z]{26})\\.([0-9]{1,9})\\.([1-9][0-9]{0,8})\\.([1-9][0-9]{0,17})"
              + "\\.([0-9]{1,11})\\.([0-9a-f]{64})");

  /** The text that shows it. */
  public String signed(String key) {
    String claims = claims();
    return claims + "." + mac(key, claims);
  }

  /**
   * Reads a right; empty when it is none, was not signed under the job's secret, or is over.
   *
   * @param keyOf the secret of a job
   */
  public static Optional<AttemptRight> verified(
      String text, Function<JobId, String> keyOf, Instant now) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches() || parts.group(1).charAt(0) > '7') {
      return Optional.empty();
    }
    JobId job = new JobId(parts.group(1));
    AttemptRight right =
        new AttemptRight(
            new AttemptRef(
                job,
                Integer.parseInt(parts.group(2)),
                Integer.parseInt(parts.group(3)),
                Long.parseLong(parts.group(4))),
            Instant.ofEpochSecond(Long.parseLong(parts.group(5))));
    byte[] expected = right.signed(keyOf.apply(job)).getBytes(StandardCharsets.US_ASCII);
    boolean same = MessageDigest.isEqual(expected, text.getBytes(StandardCharsets.US_ASCII));
    return same && now.isBefore(right.expiresAt()) ? Optional.of(right) : Optional.empty();
  }

  private String claims() {
    return attempt.job().value()
        + "."
        + attempt.index()
        + "."
        + attempt.attempt()
        + "."
        + attempt.epoch()
        + "."
        + expiresAt.getEpochSecond();
  }

  private static String mac(String key, String claims) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(claims.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("Expected HMAC-SHA-256 in every Java, but it fails", e);
    }
  }
}
