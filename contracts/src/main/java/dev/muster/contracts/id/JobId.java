package dev.muster.contracts.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * The identity of a job: a ULID, 26 characters of Crockford's base32 in upper case, whose first ten
 * carry the creation time in milliseconds, so that ids sort by age. Users see it as {@code
 * job_<ulid>} ({@link #external()}).
 */
public record JobId(@JsonValue String value) implements Comparable<JobId> {
  private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final String PREFIX = "job_";

  /**
   * @throws IllegalArgumentException when the value is no canonical ULID
   */
  @JsonCreator
  public JobId {
    if (!isUlid(value)) {
      throw new IllegalArgumentException(
          "Expected a ULID of 26 characters, but got one of " + value.length());
    }
  }

  /**
   * Makes an id from a time and 80 random bits.
   *
   * @param epochMillis creation time, 0 to 2^48 - 1
   * @param randomHigh the low 16 bits are used
   * @param randomLow all 64 bits are used
   */
  public static JobId of(long epochMillis, long randomHigh, long randomLow) {
    char[] text = new char[26];
    long time = epochMillis;
    for (int i = 9; i >= 0; i--) {
      text[i] = ALPHABET.charAt((int) (time & 31));
      time >>>= 5;
    }
    long high = ((randomHigh & 0xFFFF) << 24) | (randomLow >>> 40);
    long low = randomLow & 0xFF_FFFF_FFFFL;
    for (int i = 17; i >= 10; i--) {
      text[i] = ALPHABET.charAt((int) (high & 31));
      high >>>= 5;
    }
    for (int i = 25; i >= 18; i--) {
      text[i] = ALPHABET.charAt((int) (low & 31));
      low >>>= 5;
    }
    return new JobId(new String(text));
  }

  /**
   * Reads any form a user may write: with or without the {@code job_} prefix, in any case.
   *
   * @throws IllegalArgumentException when it is none of them
   */
  public static JobId parse(String text) {
    String bare =
        text.regionMatches(true, 0, PREFIX, 0, PREFIX.length())
            ? text.substring(PREFIX.length())
            : text;
    return new JobId(bare.toUpperCase(Locale.ROOT));
  }

  /** The form users see: {@code job_<ulid>}. */
  public String external() {
    return PREFIX + value;
  }

  /**
   * The moment of creation in milliseconds since the epoch, as the id's first ten characters tell
   * it.
   */
  public long epochMillis() {
    long millis = 0;
    for (int i = 0; i < 10; i++) {
      millis = (millis << 5) | ALPHABET.indexOf(value.charAt(i));
    }
    return millis;
  }

  @Override
  public int compareTo(JobId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return external();
  }

  private static boolean isUlid(String text) {
    if (text.length() != 26 || text.charAt(0) > '7') {
      return false;
    }
    for (int i = 0; i < 26; i++) {
      if (ALPHABET.indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }
}
