package dev.muster.gateway.key;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * An API key as its owner holds it: {@code mk_<id>_<secret>_<checksum>}. The checksum lets a typing
 * error, or a random guess, be refused without asking the database.
 *
 * @param id ten characters, public; names the key in the database
 * @param secret 32 characters, 190 random bits; never stored
 */
public record ApiKey(String id, String secret) {
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final String PREFIX = "mk_";
  private static final int ID_LENGTH = 10;
  private static final int SECRET_LENGTH = 32;
  private static final int SUM_LENGTH = 6;
  private static final int LENGTH =
      PREFIX.length() + ID_LENGTH + 1 + SECRET_LENGTH + 1 + SUM_LENGTH;

  /** Random characters that a new key takes. */
  public static final int RANDOM_CHARACTERS = ID_LENGTH + SECRET_LENGTH;

  /**
   * Makes a key.
   *
   * @param random {@link #RANDOM_CHARACTERS} numbers, each from 0 to 61
   */
  public static ApiKey of(int[] random) {
    StringBuilder text = new StringBuilder();
    for (int number : random) {
      text.append(ALPHABET.charAt(number));
    }
    return new ApiKey(text.substring(0, ID_LENGTH), text.substring(ID_LENGTH, RANDOM_CHARACTERS));
  }

  /** Reads the written form; empty when the form or the checksum is wrong. */
  public static Optional<ApiKey> parse(String text) {
    if (text.length() != LENGTH || !text.startsWith(PREFIX)) {
      return Optional.empty();
    }
    int idEnd = PREFIX.length() + ID_LENGTH;
    int secretEnd = idEnd + 1 + SECRET_LENGTH;
    if (text.charAt(idEnd) != '_' || text.charAt(secretEnd) != '_') {
      return Optional.empty();
    }
    ApiKey key =
        new ApiKey(text.substring(PREFIX.length(), idEnd), text.substring(idEnd + 1, secretEnd));
    return key.isAlphabetic() && key.written().equals(text) ? Optional.of(key) : Optional.empty();
  }

  /** The id in a prefix such as {@code mk_0123456789}; empty when it has another form. */
  public static Optional<String> idOf(String prefix) {
    String id = prefix.startsWith(PREFIX) ? prefix.substring(PREFIX.length()) : "";
    return id.length() == ID_LENGTH && id.chars().allMatch(c -> ALPHABET.indexOf(c) >= 0)
        ? Optional.of(id)
        : Optional.empty();
  }

  /** The whole key; shown once, to its owner. */
  public String written() {
    String body = PREFIX + id + "_" + secret;
    return body + "_" + checksum(body);
  }

  /** What may be shown to tell keys apart. */
  public String prefix() {
    return PREFIX + id;
  }

  /** The last four characters of the secret, to tell keys apart. */
  public String lastFour() {
    return secret.substring(SECRET_LENGTH - 4);
  }

  /** Never the secret: keys end up in logs. */
  @Override
  public String toString() {
    return prefix();
  }

  private boolean isAlphabetic() {
    return (id + secret).chars().allMatch(c -> ALPHABET.indexOf(c) >= 0);
  }

  private static String checksum(String body) {
    CRC32 sum = new CRC32();
    sum.update(body.getBytes(StandardCharsets.UTF_8));
    long rest = sum.getValue();
    char[] text = new char[SUM_LENGTH];
    for (int i = SUM_LENGTH - 1; i >= 0; i--) {
      text[i] = ALPHABET.charAt((int) (rest % ALPHABET.length()));
      rest /= ALPHABET.length();
    }
    return new String(text);
  }
}
