package dev.muster.gateway.artifact;

import dev.muster.gateway.blob.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The right to bring exactly these bytes, once or often: they are always the same artifact.
 *
 * @param tenant whose artifact it will be
 * @param name what it will be called
 * @param bytes how many there are
 * @param digest their SHA-256
 * @param expiresAt when the right ends
 */
public record DirectRight(
    String tenant, String name, long bytes, Sha256 digest, Instant expiresAt) {
  private static final String KIND = "direct";

  /** The right as a text, without a signature; a name has no line breaks. */
  public String text() {
    String plain =
        String.join(
            "\n",
            KIND,
            tenant,
            name,
            Long.toString(bytes),
            digest.hex(),
            Long.toString(expiresAt.getEpochSecond()));
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(plain.getBytes(StandardCharsets.UTF_8));
  }

  /** Reads a text whose signature was right. */
  public static Optional<DirectRight> read(String text) {
    try {
      List<String> fields =
          List.of(
              new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8)
                  .split("\n", -1));
      return fields.size() == 6 && fields.getFirst().equals(KIND)
          ? Optional.of(
              new DirectRight(
                  fields.get(1),
                  fields.get(2),
                  Long.parseLong(fields.get(3)),
                  new Sha256(fields.get(4)),
                  Instant.ofEpochSecond(Long.parseLong(fields.get(5)))))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
