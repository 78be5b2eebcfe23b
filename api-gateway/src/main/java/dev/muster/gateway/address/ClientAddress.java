package dev.muster.gateway.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds out whose connection it is. A proxy appends the address it was called from, so the list is
 * read from its end: the last address that is not a trusted proxy's is the client's. What stands
 * before it was written by the client itself and means nothing.
 */
public final class ClientAddress {
  private final List<Network> trusted;

  /**
   * @param trusted the proxies whose word is believed
   */
  public ClientAddress(List<Network> trusted) {
    this.trusted = List.copyOf(trusted);
  }

  /**
   * The client's address, in its shortest usual form; an IPv6 client counts by its /64.
   *
   * @param peer the address at the other end of the connection
   * @param forwarded values of the header {@code Forwarded} (RFC 7239), in order
   * @param forwardedFor values of the header {@code X-Forwarded-For}, in order; read when there is
   *     no {@code Forwarded}
   */
  public String of(String peer, List<String> forwarded, List<String> forwardedFor) {
    List<String> hops = forwarded.isEmpty() ? split(forwardedFor) : forwardedHops(forwarded);
    String client = peer;
    int next = hops.size() - 1;
    while (next >= 0 && isTrusted(client) && Network.bytes(hops.get(next)).isPresent()) {
      client = hops.get(next);
      next--;
    }
    return counted(client);
  }

  private boolean isTrusted(String address) {
    Optional<byte[]> bytes = Network.bytes(address);
    return bytes.isPresent() && trusted.stream().anyMatch(n -> n.contains(bytes.get()));
  }

  private static List<String> split(List<String> values) {
    List<String> hops = new ArrayList<>();
    for (String value : values) {
      for (String hop : value.split(",", -1)) {
        hops.add(bare(hop));
      }
    }
    return hops;
  }

  private static List<String> forwardedHops(List<String> values) {
    List<String> hops = new ArrayList<>();
    for (String value : values) {
      for (String element : value.split(",", -1)) {
        String hop = "";
        for (String pair : element.split(";", -1)) {
          String text = pair.strip();
          if (text.toLowerCase(Locale.ROOT).startsWith("for=")) {
            hop = bare(text.substring(4));
          }
        }
        hops.add(hop);
      }
    }
    return hops;
  }

  /** Without quotes, brackets and port. */
  private static String bare(String hop) {
    String text = hop.strip().replace("\"", "");
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      return end < 0 ? "" : text.substring(1, end);
    }
    int colon = text.indexOf(':');
    return colon >= 0 && colon == text.lastIndexOf(':') ? text.substring(0, colon) : text;
  }

  /** One host owns a whole /64, so counting its single addresses would count nothing. */
  private static String counted(String address) {
    byte[] bytes = Network.bytes(address).orElse(null);
    if (bytes == null || bytes.length == 4) {
      return address;
    }
    for (int i = 8; i < bytes.length; i++) {
      bytes[i] = 0;
    }
    try {
      return InetAddress.getByAddress(bytes).getHostAddress() + "/64";
    } catch (UnknownHostException e) {
      throw new IllegalStateException("Expected 16 bytes to be an address, but they are not", e);
    }
  }

  /** Whether the address is this machine's own. */
  public static boolean isLoopback(String counted) {
    return counted.startsWith("127.") || counted.equals("0:0:0:0:0:0:0:0/64");
  }
}
