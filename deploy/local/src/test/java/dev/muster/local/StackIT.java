package dev.muster.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.stack.Ports;
import dev.muster.stack.ProcessIdentity;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged processes, in a folder whose path has a space. */
class StackIT {
  @TempDir Path temp;
  private StackFolder folder = new StackFolder(Path.of("/nowhere"));
  private Stack stack = newStack();

  private Stack newStack() {
    Path home = Path.of("../..").toAbsolutePath().normalize();
    return new Stack(folder, new Distribution(home), false, line -> {});
  }

  @BeforeEach
  void chooseFolder() {
    folder = new StackFolder(temp.resolve("a b/.muster"));
    stack = newStack();
  }

  @AfterEach
  void stop() throws Exception {
    stack.down();
  }

  @Test
  void deadComponentsComeBackOnTheirPortsAndDownLeavesNothing() throws Exception {
    StackState first = stack.up(OptionalInt.of(Ports.free(1).getFirst()));
    List<Component> victims =
        List.of(Component.KAFKA, Component.POSTGRES, Component.JOB_PLANNER, Component.WORKER_1);
    String key = Files.readString(folder.apiKey());
    for (Component victim : victims) {
      ProcessIdentity process = first.alive(victim).orElseThrow();
      process.kill();
      process.awaitEnd(Duration.ofSeconds(10));
    }

    StackState second = newStack().up(OptionalInt.empty());

    for (Component component : Component.values()) {
      assertThat(second.alive(component)).describedAs(component.title()).isPresent();
      assertThat(second.port(component.title())).isEqualTo(first.port(component.title()));
      if (!victims.contains(component)) {
        assertThat(second.alive(component)).isEqualTo(first.alive(component));
      }
    }
    assertThat(Files.readString(folder.apiKey())).isEqualTo(key);

    newStack().down();

    for (Component component : Component.values()) {
      assertThat(second.alive(component)).describedAs(component.title()).isEmpty();
    }
    assertThat(new Leftovers(folder).end()).isZero();
  }

  @Test
  void halfStartedStackOfADeadLauncherIsReplaced() throws Exception {
    StackState left = stack.up(OptionalInt.of(Ports.free(1).getFirst()));
    left.alive(Component.API_GATEWAY).orElseThrow().kill();
    left.phase(StackState.Phase.STARTING);

    StackState fresh = newStack().up(OptionalInt.of(left.port("api-gateway").orElseThrow()));

    for (Component component : Component.values()) {
      assertThat(left.alive(component)).describedAs(component.title()).isEmpty();
      assertThat(fresh.alive(component)).describedAs(component.title()).isPresent();
    }
  }

  @Test
  void takenPortIsNamedBeforeAnythingStarts() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();

      assertThatThrownBy(() -> stack.up(OptionalInt.of(port)))
          .hasMessageContaining("Expected port " + port)
          .hasMessageContaining("--port N");
      assertThat(Stack.anyAlive(StackState.load(folder))).isFalse();
    }
  }
}
