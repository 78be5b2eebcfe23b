package dev.muster.cli.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "null",
        "-0.0",
        "1e-05",
        "123456789012345678901234567890",
        "{\"a\":[1,{\"b\":null},true],\"c\":\"\\\"\\\\\\n\"}"
      })
  void compactTextReadsAndWritesTheSame(String text) throws Exception {
    assertThat(JsonText.compact(JsonText.parse(text.getBytes(UTF_8)))).isEqualTo(text);
  }

  @Test
  void prettyTextIsIndentedByTwo() throws Exception {
    Json value = JsonText.parse("{\"a\":[1,2],\"b\":{},\"c\":[]}".getBytes(UTF_8));

    assertThat(JsonText.pretty(value))
        .isEqualTo("{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": []\n}");
  }

  @Test
  void controlCharactersOfBothBlocksAreEscaped() {
    assertThat(JsonText.quote("\u001b\u007f\u009b")).isEqualTo("\"\\u001b\\u007f\\u009b\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{\"a\":}", "[1,]", "{} {}", "nul"})
  void brokenTextIsRefusedWithAReason(String text) {
    assertThatThrownBy(() -> JsonText.parse(text.getBytes(UTF_8)))
        .isInstanceOf(JsonText.BadJsonException.class)
        .hasMessageMatching("it is empty|line \\d+.*|something follows.*");
  }

  @Test
  void absentFieldsReadAsNothing() throws Exception {
    Json value = JsonText.parse("{\"a\":null,\"n\":2.9,\"s\":\"x\"}".getBytes(UTF_8));

    assertThat(value.text("a")).isEmpty();
    assertThat(value.text("missing")).isEmpty();
    assertThat(value.integer("missing")).isZero();
    assertThat(value.integer("n")).isEqualTo(2);
    assertThat(value.integer("s")).isZero();
    assertThat(value.at("s").at("deeper").isNull()).isTrue();
    assertThat(value.list("s")).isEmpty();
  }
}
