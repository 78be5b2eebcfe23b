package dev.muster.contracts.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of reliability.md 4 H that are decided before anything is called. */
class TargetUrlTest {
  private static final EgressRules LOOPBACK_OPEN =
      new EgressRules(false, List.of(Network.parse("127.0.0.0/8")), Set.of());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1/",
        "https://localhost/",
        "https://a.localhost/",
        "https://[::1]/",
        "https://0.0.0.0/",
        "https://0/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.0.0.1./",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[::127.0.0.1]/"
      })
  void s140LoopbackInAnyFormIsRefused(String url) {
    assertRefused(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "[fc00::1]",
        "[fd12::1]",
        "[fe80::1]",
        "[fec0::1]",
        "[ff02::1]",
        "[64:ff9b::a00:1]",
        "[64:ff9b:1::1]",
        "[2002:a00:1::]",
        "[2001::1]",
        "[2001:db8::1]",
        "[3fff::1]",
        "[5f00::1]",
        "[100::1]",
        "[::]",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "metadata.google.internal",
        "api-gateway",
        "postgres.svc",
        "printer.local"
      })
  void s141And142PrivateReservedAndMetadataHostsAreRefused(String host) {
    assertRefused("https://" + host + "/hook");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.com:9092/",
        "https://example.com:5432/",
        "https://example.com:8080/",
        "https://example.com:80/",
        "https://example.com:0/",
        "https://example.com:65536/",
        "https://example.com:0443/",
        "https://example.com:/",
        "https://example.com:443:443/",
        "http://example.com/"
      })
  void s143OtherPortsAndPlainHttpAreRefused(String url) {
    assertRefused(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///etc/passwd",
        "gopher://example.com/",
        "ftp://example.com/",
        "jar:https://example.com/!/",
        "data:text/plain,x",
        "ldap://example.com/",
        "example.com/hook",
        "//example.com/",
        "https:\\\\example.com",
        "https:/example.com",
        "https:example.com",
        "https://",
        "https:///x",
        ""
      })
  void s148OtherSchemesAreRefused(String url) {
    assertRefused(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://good.com@evil.com/",
        "https://good.com#@evil.com/",
        "https://evil.com\\@good.com/",
        "https://good.com%00.evil.com/",
        "https://example.com/%00",
        "https://exa\tmple.com/",
        "https://example.com/\nHost: x",
        " https://example.com/",
        "https://ex\u0430mple.com/",
        "https://example.com./",
        "https://\u2460\u2461\u2466.0.0.1/",
        "https://%31%32%37.0.0.1/",
        "https://exa_mple.com/",
        "https://-a.com/",
        "https://a..com/",
        "https://[fe80::1%25eth0]/",
        "https://[fe80::1%eth0]/",
        "https://[::1/",
        "https://::1/",
        "https://example.com/#fragment"
      })
  void s149And158WhatParsersReadDifferentlyIsRefused(String url) {
    assertRefused(url);
  }

  @Test
  void s150LongHostsAndLabelsAreRefused() {
    assertRefused("https://" + "a".repeat(64) + ".com/");
    assertRefused("https://" + "abcdefghi.".repeat(30) + "com/");
    assertRefused("https://example.com/" + "x".repeat(2_048));
  }

  @Test
  void s156TheInstallationsOwnHostIsRefused() {
    EgressRules rules = new EgressRules(false, List.of(), Set.of("Muster.example.com"));

    assertThat(TargetUrl.check("https://MUSTER.example.com/api/v1/jobs", rules))
        .isInstanceOf(TargetUrl.Checked.Refused.class);
  }

  @Test
  void publicUrlsAreRebuiltFromTheirParts() {
    assertThat(allowed("HTTPS://Example.COM:443/a%20b?x=1&y=@:", EgressRules.STRICT))
        .hasToString("https://example.com/a%20b?x=1&y=@:");
    assertThat(allowed("https://example.com?x", EgressRules.STRICT))
        .hasToString("https://example.com/?x");
    assertThat(allowed("https://1.1.1.1/", EgressRules.STRICT)).hasToString("https://1.1.1.1/");
    assertThat(allowed("https://[2606:4700::1111]/x", EgressRules.STRICT).address()).isPresent();
    assertThat(allowed("https://xn--bcher-kva.example/", EgressRules.STRICT).origin())
        .isEqualTo("https://xn--bcher-kva.example");
  }

  @Test
  void openedNetworkTakesAnyPortAndPlainHttpAndNothingElseIsOpened() throws Exception {
    TargetUrl url = allowed("http://127.0.0.2:18080/x", LOOPBACK_OPEN);

    assertThat(LOOPBACK_OPEN.refusal(url, InetAddress.ofLiteral("127.0.0.2"))).isEmpty();
    assertThat(LOOPBACK_OPEN.refusal(url, InetAddress.ofLiteral("10.0.0.1"))).isPresent();
    assertThat(LOOPBACK_OPEN.refusal(url, InetAddress.ofLiteral("1.1.1.1"))).isPresent();
    assertThat(TargetUrl.check("http://10.0.0.1/", LOOPBACK_OPEN))
        .isInstanceOf(TargetUrl.Checked.Refused.class);
  }

  @Test
  void nothingThrowsAndWhatIsAllowedIsAllowedAgain() {
    String pieces = "https://[]@:%#?.0x7f127a.com-_\\ 1\u2460";
    for (long seed = 0; seed < 20_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "https://" : "");
      for (int i = random.nextInt(20); i > 0; i--) {
        text.append(pieces.charAt(random.nextInt(pieces.length())));
      }
      if (TargetUrl.check(text.toString(), LOOPBACK_OPEN)
          instanceof TargetUrl.Checked.Allowed one) {
        assertThat(TargetUrl.check(one.url().toString(), LOOPBACK_OPEN))
            .as("seed %d: %s", seed, text)
            .isEqualTo(one);
      }
    }
  }

  private static void assertRefused(String url) {
    assertThat(TargetUrl.check(url, EgressRules.STRICT))
        .as(url)
        .isInstanceOf(TargetUrl.Checked.Refused.class);
    assertThat(TargetUrl.check(url.replaceFirst("^https", "http"), EgressRules.STRICT))
        .as(url)
        .isInstanceOf(TargetUrl.Checked.Refused.class);
  }

  private static TargetUrl allowed(String url, EgressRules rules) {
    return ((TargetUrl.Checked.Allowed) TargetUrl.check(url, rules)).url();
  }
}
