package dev.muster.gateway.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClientAddressTest {
  private final ClientAddress addresses =
      new ClientAddress(
          List.of(Network.parse("10.0.0.0/8"), Network.parse("::1"), Network.parse("fd00::/12")));

  private String of(String peer, String forwardedFor) {
    return addresses.of(peer, List.of(), List.of(forwardedFor));
  }

  @Test
  void strangersHeaderMeansNothing() {
    assertThat(of("203.0.113.9", "198.51.100.1")).isEqualTo("203.0.113.9");
  }

  @Test
  void lastAddressThatIsNoProxyCounts() {
    assertThat(of("10.1.2.3", "1.1.1.1, 203.0.113.9, 10.9.9.9")).isEqualTo("203.0.113.9");
    assertThat(of("10.1.2.3", "203.0.113.9:4711")).isEqualTo("203.0.113.9");
    assertThat(of("10.1.2.3", "10.0.0.1, 10.0.0.2")).isEqualTo("10.0.0.1");
  }

  @Test
  void whatIsNoAddressEndsTheList() {
    assertThat(of("10.1.2.3", "localhost")).isEqualTo("10.1.2.3");
    assertThat(of("10.1.2.3", "203.0.113.9, _hidden, 10.0.0.2")).isEqualTo("10.0.0.2");
    assertThat(of("10.1.2.3", "")).isEqualTo("10.1.2.3");
  }

  @Test
  void forwardedWins() {
    assertThat(
            addresses.of(
                "0:0:0:0:0:0:0:1",
                List.of("for=1.1.1.1, for=\"[2001:db8:1:2::7]:80\";proto=https"),
                List.of("198.51.100.1")))
        .isEqualTo("2001:db8:1:2:0:0:0:0/64");
  }

  @Test
  void hostOfAnIpv6NetworkIsNotManyClients() {
    assertThat(of("fd00::1", "2001:db8:1:2::7")).isEqualTo(of("fd00::1", "2001:db8:1:2::8"));
  }

  @Test
  void rangeIsReadOrRefused() {
    assertThat(
            Network.parse("192.168.128.0/17")
                .contains(new byte[] {(byte) 192, (byte) 168, (byte) 200, 1}))
        .isTrue();
    assertThat(
            Network.parse("192.168.128.0/17").contains(new byte[] {(byte) 192, (byte) 168, 1, 1}))
        .isFalse();
    for (String text : List.of("proxy", "10.0.0.0/33", "10.0.0", "10.0.0.0/x", "999.1.1.1")) {
      assertThatThrownBy(() -> Network.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
