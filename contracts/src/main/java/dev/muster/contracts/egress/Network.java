package dev.muster.contracts.egress;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A block of IP addresses in CIDR form.
 *
 * @param base its first address; bits behind the prefix are ignored
 * @param prefix leading bits that all its addresses share, 0 to 32 or 128
 */
public record Network(InetAddress base, int prefix) {
  private static final Pattern DOTTED_QUAD =
      Pattern.compile(
          "(0|[1-9][0-9]{0,2})\\.(0|[1-9][0-9]{0,2})\\.(0|[1-9][0-9]{0,2})\\.(0|[1-9][0-9]{0,2})");
  private static final Pattern COLONS = Pattern.compile("[0-9a-fA-F:.]{2,45}");

  public Network {
    if (prefix < 0 || prefix > base.getAddress().length * 8) {
      throw new IllegalArgumentException(
          "Expected a prefix of 0 to " + base.getAddress().length * 8 + ", but got " + prefix);
    }
  }

  /**
   * Reads {@code address/prefix}.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static Network parse(String text) {
    int slash = text.indexOf('/');
    Optional<InetAddress> address = literal(slash < 0 ? text : text.substring(0, slash));
    if (slash < 0 || address.isEmpty() || !text.substring(slash + 1).matches("[0-9]{1,3}")) {
      throw new IllegalArgumentException(
          "Expected a network such as 10.0.0.0/8, but got " + text.length() + " other characters");
    }
    return new Network(address.get(), Integer.parseInt(text.substring(slash + 1)));
  }

  /**
   * Reads an address written in its one plain form: four decimal numbers without leading zeros, or
   * an IPv6 address without zone. Octal, hexadecimal and shortened IPv4 forms are none, because
   * every parser reads them differently. An IPv6 address that only wraps an IPv4 address is that
   * IPv4 address.
   */
  public static Optional<InetAddress> literal(String text) {
    boolean readable =
        DOTTED_QUAD.matcher(text).matches()
            || (text.indexOf(':') >= 0 && COLONS.matcher(text).matches());
    if (!readable) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // a number above 255, or too many groups
    }
  }

  /** Whether the address lies in this block. */
  public boolean contains(InetAddress address) {
    byte[] own = base.getAddress();
    byte[] other = address.getAddress();
    if (own.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < prefix; bit += 8) {
      int mask = prefix - bit >= 8 ? 0xFF : 0xFF00 >> (prefix - bit) & 0xFF;
      if (((own[bit / 8] ^ other[bit / 8]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }
}
