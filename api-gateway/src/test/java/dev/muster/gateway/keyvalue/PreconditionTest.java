package dev.muster.gateway.keyvalue;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreconditionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "              |               |   | true",
        "              |               | 5 | true",
        "\"5\"         |               | 5 | true",
        "\"4\", \"5\"  |               | 5 | true",
        "\"4\"         |               | 5 | false",
        "W/\"5\"       |               | 5 | false",
        "5             |               | 5 | false",
        "\"5\"         |               |   | false",
        "*             |               | 5 | true",
        "*             |               |   | false",
        "              | *             |   | true",
        "              | *             | 5 | false",
        "              | \"5\"         | 5 | false",
        "              | \"4\"         | 5 | true",
        "\"5\"         | \"5\"         | 5 | false",
      })
  void holdsForWhatTheHeadersSay(
      @Nullable String match, @Nullable String noneMatch, @Nullable Long version, boolean holds) {
    assertThat(Precondition.of(match, noneMatch).holds(version)).isEqualTo(holds);
  }
}
