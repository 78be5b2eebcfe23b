package dev.muster.agent.shell.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A disk that is always full. */
class NoSpaceIT {
  @Test
  void fullDiskIsToldFromOtherFailures() {
    Throwable full =
        catchThrowable(() -> {
          try (OutputStream out = Files.newOutputStream(Path.of("/dev/full"))) {
            out.write(1);
          }
        });
    Throwable missing = catchThrowable(() -> Files.size(Path.of("/no/such/file")));

    assertThat(NoSpace.isCause(full)).isTrue();
    assertThat(NoSpace.isCause(new UncheckedIOException((IOException) full))).isTrue();
    assertThat(NoSpace.isCause(missing)).isFalse();
    assertThat(NoSpace.isCause(null)).isFalse();
  }
}
