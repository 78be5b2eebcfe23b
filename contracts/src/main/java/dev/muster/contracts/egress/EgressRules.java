package dev.muster.contracts.egress;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What may be called on a user's behalf. Public addresses by https on port 443; with {@code
 * plainHttp} also http on port 80. An operator may open networks of the installation: there every
 * port and plain http are allowed.
 *
 * @param plainHttp whether public hosts may be called without TLS
 * @param opened networks that are allowed although they are not public
 * @param ownHosts names under which this installation itself is reached; never called, so that no
 *     webhook calls the API that sends it
 */
public record EgressRules(boolean plainHttp, List<Network> opened, Set<String> ownHosts) {
  /** Public hosts by https and nothing else. */
  public static final EgressRules STRICT = new EgressRules(false, List.of(), Set.of());

  public EgressRules {
    opened = List.copyOf(opened);
    ownHosts =
        ownHosts.stream()
            .map(host -> host.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  /** Why a URL may not be called at this address; empty when it may. */
  public Optional<String> refusal(TargetUrl url, InetAddress address) {
    if (opened.stream().anyMatch(network -> network.contains(address))) {
      return Optional.empty();
    }
    if (SpecialNetworks.contain(address)) {
      return Optional.of("Expected a public address, but it is private or reserved");
    }
    return schemeRefusal(url);
  }

  /** Why a URL may not be called at any public address; empty when it may. */
  Optional<String> schemeRefusal(TargetUrl url) {
    if (!url.isTls() && !plainHttp) {
      return Optional.of("Expected https, but it is http");
    }
    int port = url.isTls() ? 443 : 80;
    return url.port() == port
        ? Optional.empty()
        : Optional.of("Expected port " + port + ", but it is another");
  }
}
