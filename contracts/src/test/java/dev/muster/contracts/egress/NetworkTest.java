package dev.muster.contracts.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class NetworkTest {
  @Test
  void prefixNeedNotEndAtAByte() {
    Network network = Network.parse("172.16.0.0/12");

    assertThat(network.contains(InetAddress.ofLiteral("172.31.255.255"))).isTrue();
    assertThat(network.contains(InetAddress.ofLiteral("172.32.0.0"))).isFalse();
    assertThat(network.contains(InetAddress.ofLiteral("::1"))).isFalse();
    assertThat(Network.parse("0.0.0.0/0").contains(InetAddress.ofLiteral("9.9.9.9"))).isTrue();
    assertThat(Network.parse("10.1.2.3/32").contains(InetAddress.ofLiteral("10.1.2.4"))).isFalse();
  }

  @Test
  void onlyThePlainFormIsAnAddress() {
    assertThat(Network.literal("1.2.3.4")).isPresent();
    assertThat(Network.literal("1.2.3")).isEmpty();
    assertThat(Network.literal("01.2.3.4")).isEmpty();
    assertThat(Network.literal("1.2.3.256")).isEmpty();
    assertThat(Network.literal("fe80::1%eth0")).isEmpty();
    assertThat(Network.literal("1:2")).isEmpty();
    assertThat(Network.literal("::ffff:1.2.3.4")).contains(InetAddress.ofLiteral("1.2.3.4"));
  }

  @Test
  void wrongNetworksAreRefused() {
    assertThatThrownBy(() -> Network.parse("10.0.0.0"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Network.parse("10.0.0.0/33"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
