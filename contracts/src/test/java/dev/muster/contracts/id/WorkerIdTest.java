package dev.muster.contracts.id;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerIdTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "worker-1", "rack-1.host-7", "0"})
  void takesNamesOfHosts(String text) {
    assertThatCode(() -> new WorkerId(text)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", ".", "A", "a/b", "a b", "a\n", "ä"})
  void refusesWhatCouldBeMoreThanAName(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> new WorkerId(text));
  }
}
