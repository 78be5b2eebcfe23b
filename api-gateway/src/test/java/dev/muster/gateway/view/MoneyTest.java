package dev.muster.gateway.view;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MoneyTest {
  @Test
  void dollarsAreExactAndPlain() {
    assertThat(Money.dollars(1)).hasToString("1E-9");
    assertThat(Money.dollars(1).toPlainString()).isEqualTo("0.000000001");
    assertThat(Money.dollars(25_000_000_000L)).hasToString("25");
    assertThat(Money.dollars(-1_500_000_000L)).hasToString("-1.5");
    assertThat(Money.dollars(0)).hasToString("0");
    assertThat(Money.dollars(100_000_000_000L)).hasToString("100");
  }

  @Test
  void amountsBetweenABillionthAndABillionAreRead() {
    assertThat(Money.nanos("0.000000001")).contains(1L);
    assertThat(Money.nanos("12.50")).contains(12_500_000_000L);
    assertThat(Money.nanos("1000000000")).contains(1_000_000_000_000_000_000L);
    for (String wrong :
        new String[] {"0", "-1", "+1", "1e3", " 1", "1000000000.1", ".5", "1.", "0.0000000001"}) {
      assertThat(Money.nanos(wrong)).as(wrong).isEmpty();
    }
  }
}
