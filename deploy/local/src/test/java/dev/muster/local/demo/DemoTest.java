package dev.muster.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoTest {
  @Test
  void stackThatTheDemoStartedIsTakenDown() throws InterruptedException {
    var stack = new Diary(false, 0, 0);

    assertThat(Demo.run(stack, false)).isZero();

    assertThat(stack.entries).containsExactly("up", "client demo", "down");
  }

  @Test
  void stackThatWasUpBeforeStaysUp() throws InterruptedException {
    var stack = new Diary(true, 0, 0);

    Demo.run(stack, false);

    assertThat(stack.entries).containsExactly("up", "client demo --keep");
  }

  @Test
  void keptStackStaysUp() throws InterruptedException {
    var stack = new Diary(false, 0, 0);

    Demo.run(stack, true);

    assertThat(stack.entries).containsExactly("up", "client demo --keep");
  }

  @Test
  void failedSearchIsToldByTheExitCode() throws InterruptedException {
    assertThat(Demo.run(new Diary(false, 0, 3), false)).isEqualTo(3);
  }

  @Test
  void failedStartLeavesNothingBehind() throws InterruptedException {
    var stack = new Diary(false, 7, 0);

    assertThat(Demo.run(stack, false)).isEqualTo(7);

    assertThat(stack.entries).containsExactly("up", "down");
  }

  /** A stack that writes down what it is told to do. */
  private static final class Diary implements LocalStack {
    final List<String> entries = new ArrayList<>();
    private final boolean live;
    private final int upCode;
    private final int clientCode;

    Diary(boolean live, int upCode, int clientCode) {
      this.live = live;
      this.upCode = upCode;
      this.clientCode = clientCode;
    }

    @Override
    public boolean anyLive() {
      return live;
    }

    @Override
    public int up() {
      entries.add("up");
      return upCode;
    }

    @Override
    public void down() {
      entries.add("down");
    }

    @Override
    public ProcessBuilder client(String... arguments) {
      entries.add("client " + String.join(" ", arguments));
      return new ProcessBuilder("/bin/sh", "-c", "exit " + clientCode);
    }
  }
}
