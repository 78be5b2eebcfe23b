package dev.muster.aggregator.shell.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Looks names up. */
@FunctionalInterface
interface HostResolver {
  /** The system's own. */
  HostResolver SYSTEM = host -> List.of(InetAddress.getAllByName(host));

  /** All addresses of a host, at least one. */
  List<InetAddress> resolve(String host) throws UnknownHostException;
}
