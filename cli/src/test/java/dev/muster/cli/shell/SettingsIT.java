package dev.muster.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.cli.view.CommandFailed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which server and key count: flag, environment, the local stack's files, the default. */
class SettingsIT {
  @TempDir Path folder;

  @BeforeEach
  void localStack() throws IOException {
    Files.createDirectory(folder.resolve(".muster"));
    Files.writeString(folder.resolve(".muster/state.json"), "{\"api_port\": 8181, \"pids\": []}");
    Files.writeString(folder.resolve(".muster/api-key"), "mk_local\n");
  }

  @Test
  void localStackOfTheFolderIsFoundWithItsKey() {
    assertThat(find(Map.of(), null, null))
        .isEqualTo(new Settings(java.net.URI.create("http://127.0.0.1:8181"), "mk_local"));
  }

  @Test
  void flagGoesBeforeEnvironmentAndEnvironmentBeforeFiles() {
    var environment = Map.of("MUSTER_SERVER", "http://127.0.0.1:1/", "MUSTER_API_KEY", "mk_env");

    assertThat(find(environment, null, null).server()).hasToString("http://127.0.0.1:1");
    assertThat(find(environment, null, null).apiKey()).isEqualTo("mk_env");
    assertThat(find(environment, "http://127.0.0.1:2", "mk_flag").server()).hasPort(2);
    assertThat(find(environment, "http://127.0.0.1:2", "mk_flag").apiKey()).isEqualTo("mk_flag");
  }

  @Test
  void localKeyIsNeverSentToAnotherMachine() {
    assertThat(find(Map.of(), "https://muster.example", null).apiKey()).isNull();
    assertThat(find(Map.of(), "http://127.0.0.1.example", null).apiKey()).isNull();
  }

  @Test
  void withoutALocalStackTheDefaultAddressIsTried() throws IOException {
    Files.delete(folder.resolve(".muster/state.json"));
    Files.delete(folder.resolve(".muster/api-key"));

    assertThat(find(Map.of(), null, null))
        .isEqualTo(new Settings(java.net.URI.create("http://127.0.0.1:8080"), null));
  }

  @Test
  void brokenStateFileIsNamed() throws IOException {
    Files.writeString(folder.resolve(".muster/state.json"), "{");

    assertThatThrownBy(() -> find(Map.of(), null, null))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("state.json");
  }

  private Settings find(
      Map<String, String> environment,
      @org.jspecify.annotations.Nullable String server,
      @org.jspecify.annotations.Nullable String key) {
    var surroundings =
        new Surroundings(
            environment,
            folder,
            new ByteArrayInputStream(new byte[0]),
            new Terminal(System.out, System.err, false, false, false));
    return Settings.find(surroundings, server, key);
  }
}
