package dev.muster.gateway.shell.stream;

import dev.muster.gateway.address.ClientAddress;
import dev.muster.gateway.address.Network;
import dev.muster.gateway.shell.auth.Principal;
import dev.muster.gateway.shell.config.GatewayConfig;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import io.vertx.core.MultiMap;
import io.vertx.core.net.SocketAddress;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How many streams are open: of the gateway, a tenant, a key, an address. */
@Singleton
public class StreamLimits {
  private final GatewayConfig config;
  private final ClientAddress addresses;
  private final Map<String, Integer> open = new HashMap<>();

  StreamLimits(GatewayConfig config) {
    this.config = config;
    this.addresses =
        new ClientAddress(
            config.trustedProxies().orElse(List.of()).stream().map(Network::parse).toList());
  }

  /** A stream that is counted until it is closed. */
  final class Place implements AutoCloseable {
    private final List<String> counters;

    private Place(List<String> counters) {
      this.counters = counters;
    }

    @Override
    public void close() {
      leave(counters);
    }
  }

  private record Limit(String counter, int max, ProblemKind kind, String whose) {}

  /**
   * Counts one more stream.
   *
   * @throws ProblemException when there are too many
   */
  Place enter(Principal who, SocketAddress peer, MultiMap headers) {
    String address =
        addresses.of(
            String.valueOf(peer.hostAddress()),
            headers.getAll("Forwarded"),
            headers.getAll("X-Forwarded-For"));
    List<Limit> limits = new ArrayList<>();
    limits.add(new Limit("all", config.streamsMax(), ProblemKind.OVERLOADED, "this gateway"));
    limits.add(tooMany("tenant " + who.tenant(), config.streamsPerTenantMax(), "this tenant"));
    limits.add(tooMany("key " + who.keyId(), config.streamsPerKeyMax(), "this key"));
    if (!ClientAddress.isLoopback(address)) {
      limits.add(tooMany("address " + address, config.streamsPerAddressMax(), "this address"));
    }
    return enter(limits);
  }

  private static Limit tooMany(String counter, int max, String whose) {
    return new Limit(counter, max, ProblemKind.TOO_MANY_STREAMS, whose);
  }

  private synchronized Place enter(List<Limit> limits) {
    for (Limit limit : limits) {
      if (open.getOrDefault(limit.counter(), 0) >= limit.max()) {
        throw new ProblemException(
            limit.kind(),
            "Expected at most "
                + limit.max()
                + " open streams of "
                + limit.whose()
                + ", but there are as many; close one, then try again");
      }
    }
    List<String> counters = limits.stream().map(Limit::counter).toList();
    counters.forEach(counter -> open.merge(counter, 1, Integer::sum));
    return new Place(counters);
  }

  private synchronized void leave(List<String> counters) {
    counters.forEach(counter -> open.computeIfPresent(counter, (c, n) -> n == 1 ? null : n - 1));
  }
}
