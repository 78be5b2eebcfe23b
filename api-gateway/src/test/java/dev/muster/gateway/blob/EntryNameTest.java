package dev.muster.gateway.blob;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryNameTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "../x",
        "a/../../b",
        "a/..",
        "a/./b",
        "a//b",
        "a/",
        "/",
        "/etc/passwd",
        "..\\x",
        "C:\\x",
        "C:x",
        "%2e%2e/x",
        "%2E%2e",
        "a%2fb",
        "a%5Cb",
        "CON",
        "con.txt",
        "a/NUL",
        "lpt1.log",
        "a.",
        "a ",
        " a",
        "a /b",
        "a\0b",
        "a\nb",
        "a\u007fb",
        "a\u0085b",
        "a\u202eb",
        "a\u2028b",
        "a\ud800b",
        "a*b",
        "a?b",
        "a\"b",
        "a|b",
        "<a>"
      })
  void hostileNamesAreRefused(String name) {
    assertThat(EntryName.complaint(name)).as(name).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "model.bin",
        "checkpoints/step-100/model.safetensors",
        ".hidden",
        "a b.txt",
        "é.txt",
        "e\u0301.txt",
        "模型.pt",
        "console.log",
        "100%.txt",
        "it's (1) [final], ok; $HOME & co = #1!"
      })
  void plainNamesAreTaken(String name) {
    assertThat(EntryName.complaint(name)).as(name).isEmpty();
  }

  @Test
  void lengthIsCountedInBytes() {
    assertThat(EntryName.complaint("é".repeat(127) + "x")).isEmpty();
    assertThat(EntryName.complaint("é".repeat(128))).isPresent();
    assertThat(EntryName.complaint("x".repeat(256))).isPresent();
  }
}
