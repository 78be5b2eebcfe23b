package dev.muster.gateway.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * A range of addresses: {@code 10.0.0.0/8}, {@code fd00::/8}, or one address.
 *
 * @param first an address of the range, its bytes in network order
 * @param bits how many leading bits all of them share
 */
@SuppressWarnings("ArrayRecordComponent")
public record Network(byte[] first, int bits) {
  /**
   * Reads a range.
   *
   * @throws IllegalArgumentException when the text is none
   */
  public static Network parse(String text) {
    int slash = text.indexOf('/');
    byte[] address =
        bytes(slash < 0 ? text : text.substring(0, slash))
            .orElseThrow(
                () -> new IllegalArgumentException("Expected an address, but got " + text));
    int all = address.length * 8;
    int bits = slash < 0 ? all : Integer.parseInt(text.substring(slash + 1));
    if (bits < 0 || bits > all) {
      throw new IllegalArgumentException("Expected 0 to " + all + " bits, but got " + text);
    }
    return new Network(address, bits);
  }

  /** The bytes of an address that is written in numbers; names are never looked up. */
  public static Optional<byte[]> bytes(String text) {
    if (text.length() > 45 || !text.matches("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")) {
      return Optional.empty();
    }
    if (!text.contains(":") && !text.matches("([0-9]{1,3}\\.){3}[0-9]{1,3}")) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text).getAddress());
    } catch (UnknownHostException e) {
      return Optional.empty(); // numbers that are no address
    }
  }

  /** Whether the address lies in the range. */
  public boolean contains(byte[] address) {
    if (address.length != first.length) {
      return false;
    }
    int whole = bits / 8;
    int rest = bits % 8;
    if (!Arrays.equals(first, 0, whole, address, 0, whole)) {
      return false;
    }
    int mask = rest == 0 ? 0 : 0xFF << (8 - rest);
    return rest == 0 || (first[whole] & mask) == (address[whole] & mask);
  }
}
