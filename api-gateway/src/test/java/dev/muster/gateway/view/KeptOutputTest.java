package dev.muster.gateway.view;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeptOutputTest {
  @Test
  void streamsAreToldApartAndTogetherInTheirOrder() {
    KeptOutput kept = new KeptOutput(1, 1, "aEEbE", "Ecc", "1+2,4+1", "0+1", 0, 8, 0);

    assertThat(kept.text()).isEqualTo("aEEbEEcc");
    assertThat(kept.text(false)).isEqualTo("abcc");
    assertThat(kept.text(true)).isEqualTo("EEEE");
  }

  @Test
  void outputWithoutErrorsIsStandardOutput() {
    KeptOutput kept = new KeptOutput(1, 1, "ab", "yz", 7, 11, 0);

    assertThat(kept.text(false)).isEqualTo("ab\n[... 7 characters are left out ...]\nyz");
    assertThat(kept.text(true)).isEqualTo("\n[... 7 characters are left out ...]\n");
  }
}
