package dev.muster.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {
  @Test
  void upTakesAPortInBothSpellings() throws Exception {
    assertThat(Arguments.parse(List.of("up", "--port", "9000")).port()).hasValue(9000);
    assertThat(Arguments.parse(List.of("up", "--detach", "--port=9001")).port()).hasValue(9001);
  }

  @Test
  void logsTakesTheNameOfAComponent() throws Exception {
    assertThat(Arguments.parse(List.of("logs", "worker-agent", "-f")).component())
        .hasValue(Component.WORKER_AGENT);
  }

  @Test
  void psAnswersInJsonWhenAsked() throws Exception {
    assertThat(Arguments.parse(List.of("ps", "-o", "json")).json()).isTrue();
    assertThat(Arguments.parse(List.of("ps")).json()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "fly",
        "up --port",
        "up --port 0",
        "up --port 65536",
        "up --port 8080x",
        "down --detach",
        "ps -o xml",
        "logs",
        "logs nobody",
        "demo --detach"
      })
  void lineThatMeansNothingIsRefused(String line) {
    List<String> words = line.isEmpty() ? List.of() : List.of(line.split(" ", -1));

    assertThatThrownBy(() -> Arguments.parse(words))
        .isInstanceOf(Arguments.Misuse.class)
        .hasMessageStartingWith("Expected ");
  }
}
