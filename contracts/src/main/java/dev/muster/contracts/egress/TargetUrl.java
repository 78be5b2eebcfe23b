package dev.muster.contracts.egress;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A URL that may be called on a user's behalf, taken apart once. What is called is built from these
 * parts and never read again from the user's text, so that no two parsers can disagree about it.
 *
 * @param scheme {@code https} or {@code http}
 * @param host a name in lower case, or an address without brackets
 * @param port 1 to 65,535
 * @param path path and query, from its first slash
 */
public record TargetUrl(String scheme, String host, int port, String path) {
  /** Characters of a URL. */
  public static final int LENGTH_MAX = 2048;

  private static final int HOST_MAX = 253;

  /** Visible ASCII without what browsers and libraries read in different ways. */
  private static final Pattern PLAIN = Pattern.compile("[!#-;=?-\\[\\]_a-z~]+");

  private static final Pattern PARTS =
      Pattern.compile("(?i)(https?)://([^/?#]*)((?:[/?][^#]*)?)", Pattern.DOTALL);
  private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  /** A last label that makes URL parsers take the host for an IPv4 address (WHATWG URL, 3.5). */
  private static final Pattern NUMBER = Pattern.compile("[0-9]+|0x[0-9a-f]*");

  /** Names that only mean something inside of a network (RFC 6761, RFC 8375, and habits). */
  private static final List<String> INSIDE =
      List.of("localhost", "local", "internal", "localdomain", "lan", "svc", "home.arpa");

  /** What a text turned out to be. */
  public sealed interface Checked {
    /** It may be called, as far as can be said before its name is looked up. */
    record Allowed(TargetUrl url) implements Checked {}

    /**
     * It may not.
     *
     * @param reason one sentence that repeats nothing of it
     */
    record Refused(String reason) implements Checked {}
  }

  /** Reads and checks a URL. Total: any text is allowed or refused. */
  public static Checked check(String text, EgressRules rules) {
    if (text.length() > LENGTH_MAX) {
      return refused("Expected at most " + LENGTH_MAX + " characters");
    }
    Matcher parts = PARTS.matcher(text);
    if (!PLAIN.matcher(text).matches() || text.contains("%00")) {
      return refused("Expected visible ASCII without quotes, backslashes and brackets");
    }
    if (!parts.matches()) {
      return refused("Expected a URL such as https://example.com/hook, without a fragment");
    }
    String scheme = parts.group(1).toLowerCase(Locale.ROOT);
    String authority = parts.group(2).toLowerCase(Locale.ROOT);
    if (authority.indexOf('@') >= 0 || authority.indexOf('%') >= 0) {
      return refused("Expected a host without user name, zone and percent signs");
    }
    int colon = authority.startsWith("[") ? authority.indexOf("]:") + 1 : authority.indexOf(':');
    String host = colon > 0 ? authority.substring(0, colon) : authority;
    String port =
        colon > 0 ? authority.substring(colon + 1) : scheme.equals("https") ? "443" : "80";
    if (!PORT.matcher(port).matches() || Integer.parseInt(port) > 65_535) {
      return refused("Expected a port of 1 to 65535");
    }
    String path = parts.group(3);
    return host(
        new TargetUrl(
            scheme, host, Integer.parseInt(port), path.startsWith("/") ? path : "/" + path),
        rules);
  }

  private static Checked host(TargetUrl url, EgressRules rules) {
    String host = url.host;
    if (rules.ownHosts().contains(host)) {
      return refused("Expected the host of a receiver, but it is this installation's own");
    }
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    String bare = bracketed ? host.substring(1, host.length() - 1) : host;
    Optional<InetAddress> address =
        bracketed == (bare.indexOf(':') >= 0) ? Network.literal(bare) : Optional.empty();
    if (address.isPresent()) {
      TargetUrl literal =
          new TargetUrl(url.scheme, address.get().getHostAddress(), url.port, url.path);
      return rules
          .refusal(literal, address.get())
          .map(TargetUrl::refused)
          .orElseGet(() -> new Checked.Allowed(literal));
    }
    Optional<String> refusal = nameRefusal(host);
    if (refusal.isEmpty() && rules.opened().isEmpty()) {
      refusal = rules.schemeRefusal(url);
    }
    return refusal.map(TargetUrl::refused).orElseGet(() -> new Checked.Allowed(url));
  }

  private static Optional<String> nameRefusal(String host) {
    String[] labels = host.split("\\.", -1);
    boolean wellFormed = host.length() <= HOST_MAX && labels.length > 1;
    for (String label : labels) {
      wellFormed &= LABEL.matcher(label).matches();
    }
    if (!wellFormed || NUMBER.matcher(labels[labels.length - 1]).matches()) {
      return Optional.of("Expected a full host name or a plain address");
    }
    boolean inside = INSIDE.stream().anyMatch(name -> host.endsWith("." + name));
    return inside ? Optional.of("Expected a public host name") : Optional.empty();
  }

  private static Checked refused(String reason) {
    return new Checked.Refused(reason);
  }

  /** Whether it is called with TLS. */
  public boolean isTls() {
    return scheme.equals("https");
  }

  /** The address, when the host is one. */
  public Optional<InetAddress> address() {
    return Network.literal(host);
  }

  /** Scheme, host and port: what two URLs of one server share. */
  public String origin() {
    String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    boolean usual = port == (isTls() ? 443 : 80);
    return scheme + "://" + shown + (usual ? "" : ":" + port);
  }

  /** The URL, built from its parts. */
  @Override
  public String toString() {
    return origin() + path;
  }
}
