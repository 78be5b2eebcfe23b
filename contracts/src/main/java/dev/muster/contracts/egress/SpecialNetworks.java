package dev.muster.contracts.egress;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/**
 * Addresses that are no public host: every block of IANA's IPv4 and IPv6 special-purpose address
 * registries (RFC 6890 and its updates), multicast, and all of IPv6 outside of global unicast
 * (2000::/3). Blocks that the registries call globally reachable are left out all the same: nobody
 * receives webhooks there.
 */
public final class SpecialNetworks {
  private static final List<Network> IPV4 =
      networks(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.31.196.0/24",
          "192.52.193.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          "192.175.48.0/24",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/4",
          "240.0.0.0/4");

  private static final Network GLOBAL_UNICAST = Network.parse("2000::/3");

  /** Within global unicast: protocol assignments with Teredo, documentation, 6to4, AS112. */
  private static final List<Network> IPV6 =
      networks("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20");

  private SpecialNetworks() {}

  /** Whether the address belongs to no public host. */
  public static boolean contain(InetAddress address) {
    if (address instanceof Inet4Address) {
      return IPV4.stream().anyMatch(network -> network.contains(address));
    }
    return !GLOBAL_UNICAST.contains(address)
        || IPV6.stream().anyMatch(network -> network.contains(address));
  }

  private static List<Network> networks(String... texts) {
    return Stream.of(texts).map(Network::parse).toList();
  }
}
