package dev.muster.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.stack.ProcessIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackStateTest {
  @TempDir Path temp;
  private StackFolder folder = new StackFolder(Path.of("/nowhere"));

  @BeforeEach
  void createFolder() throws Exception {
    folder = new StackFolder(temp.resolve("a b/.muster"));
    folder.create();
  }

  @Test
  void firstStateKnowsNothing() throws Exception {
    StackState state = StackState.load(folder);

    assertThat(state.phase()).isEqualTo(StackState.Phase.STOPPED);
    assertThat(state.port("kafka")).isEmpty();
    assertThat(Stack.anyAlive(state)).isFalse();
  }

  @Test
  void laterCommandFindsPortsAndProcesses() throws Exception {
    ProcessIdentity self = ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow();
    StackState written = StackState.load(folder);
    written.port("api-gateway", 8081);
    written.started(Component.WORKER_1, self);
    written.phase(StackState.Phase.RUNNING);

    StackState read = StackState.load(folder);

    assertThat(read.phase()).isEqualTo(StackState.Phase.RUNNING);
    assertThat(read.port("api-gateway")).hasValue(8081);
    assertThat(read.alive(Component.WORKER_1)).hasValue(self);
    assertThat(Files.readString(folder.state())).contains("\"api_port\" : 8081");
  }

  @Test
  void recycledPidIsNotTheComponent() throws Exception {
    ProcessIdentity self = ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow();
    StackState written = StackState.load(folder);
    written.started(
        Component.KAFKA, new ProcessIdentity(self.pid(), self.startTicks() - 1, self.bootId()));

    StackState read = StackState.load(folder);

    assertThat(read.alive(Component.KAFKA)).isEmpty();
    assertThat(read.expects(Component.KAFKA)).isTrue();
  }

  @Test
  void folderIsForItsOwnersEyesOnly() throws Exception {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.root())))
        .isEqualTo("rwx------");
  }
}
