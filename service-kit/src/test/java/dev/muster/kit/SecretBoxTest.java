package dev.muster.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretBoxTest {
  private static final byte[] SECRET = "marker-secret".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  @Test
  void whatWasSealedOpensForItsOwnerOnly() {
    SecretBox box = SecretBox.of(folder.resolve("key"));
    String sealed = box.seal(SECRET, "ep_1");

    assertThat(box.open(sealed, "ep_1")).contains(SECRET);
    assertThat(box.open(sealed, "ep_2")).isEmpty();
    assertThat(box.open(sealed.substring(0, sealed.length() - 2) + "AA", "ep_1")).isEmpty();
    assertThat(box.open("nonsense", "ep_1")).isEmpty();
    assertThat(box.open("", "ep_1")).isEmpty();
    assertThat(box.seal(SECRET, "ep_1")).isNotEqualTo(sealed).doesNotContain("marker");
  }

  @Test
  void keyFileIsMadeOnceAndForItsOwnerOnly() throws Exception {
    Path file = folder.resolve("key");
    String sealed = SecretBox.of(file).seal(SECRET, "ep_1");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(SecretBox.of(file).open(sealed, "ep_1")).contains(SECRET);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void olderKeysStillOpen() throws Exception {
    Path file = folder.resolve("key");
    String sealed = SecretBox.of(file).seal(SECRET, "ep_1");

    Files.writeString(file, "0".repeat(64) + "\n" + Files.readString(file));

    SecretBox box = SecretBox.of(file);
    assertThat(box.open(sealed, "ep_1")).contains(SECRET);
    assertThat(box.seal(SECRET, "ep_1").substring(0, 8)).isNotEqualTo(sealed.substring(0, 8));
  }

  @Test
  void brokenKeyFileIsTold() throws Exception {
    Path file = Files.writeString(folder.resolve("key"), "short");

    assertThatThrownBy(() -> SecretBox.of(file)).hasMessageContaining("64 hexadecimal digits");
  }
}
