package dev.muster.agent.files;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WantedTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "../x",
        "a/../b",
        "/etc/passwd",
        "a//b",
        "a/",
        "a\\b",
        "payload.json",
        "result.json",
        "home/.profile",
        "tmp/x",
        "artifacts/x",
        "project/x"
      })
  void targetOutsideOfTheFolderOrOfTheAgentsOwnIsRefused(String target) {
    assertThat(new Wanted(null, null, null, "n", target).complaint()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.bin", "in/model.bin", ".hidden", "a b", "payload.json.old"})
  void plainTargetIsTaken(String target) {
    assertThat(new Wanted(null, null, null, "n", target).complaint()).isEmpty();
  }
}
