package dev.muster.gateway.submission;

/** The bytes of a request's body, already known to be valid UTF-8. */
@FunctionalInterface
public interface Source {
  /**
   * The text between two byte positions.
   *
   * @param start first byte
   * @param end the byte after the last
   */
  String slice(int start, int end);
}
