package dev.muster.cli.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class TaskOutputTest {
  @Test
  void piecesThatWereKeptAlreadyAreNotPrintedTwice() {
    var output = new TaskOutput("");

    assertThat(output.kept(1, "abcd", 4)).isEqualTo("abcd");
    assertThat(output.live(1, 2, -1, "cd")).isEmpty();
    assertThat(output.live(1, 3, -1, "def")).isEqualTo("ef");
    assertThat(output.kept(1, "abcdefg", 7)).isEqualTo("g");
  }

  @Test
  void newAttemptBeginsAnewAndOldOnesAreOver() {
    var output = new TaskOutput("");
    output.live(1, 0, -1, "first");

    assertThat(output.live(2, 0, -1, "second")).isEqualTo("second");
    assertThat(output.live(1, 5, -1, "late")).isEmpty();
    assertThat(output.kept(1, "first late", 10)).isEmpty();
  }

  @Test
  void piecesWithoutOffsetsArePrintedInTurn() {
    var output = new TaskOutput("");

    assertThat(output.live(1, -1, -1, "a") + output.live(1, -1, -1, "b")).isEqualTo("ab");
  }

  @Test
  void prefixedLinesWaitForTheirEnd() {
    var output = new TaskOutput("[3] ");

    assertThat(output.live(1, 0, -1, "a\nb")).isEqualTo("[3] a\n");
    assertThat(output.live(1, 3, -1, "c\n")).isEqualTo("[3] bc\n");
    assertThat(output.live(1, 5, -1, "d")).isEmpty();
    assertThat(output.rest()).isEqualTo("[3] d\n");
    assertThat(output.rest()).isEmpty();
  }

  @Test
  void earlyPiecesWaitForWhatLiesBeforeThem() {
    var output = new TaskOutput("");

    assertThat(output.live(1, 4, -1, "ef")).isEmpty();
    assertThat(output.live(1, 2, -1, "cd")).isEmpty();
    assertThat(output.isWaiting()).isTrue();
    assertThat(output.kept(1, "ab", 2)).isEqualTo("abcdef");
    assertThat(output.isWaiting()).isFalse();
  }

  @Test
  void earlyPiecesArePrintedAtTheEndWhenNothingFillsTheHole() {
    var output = new TaskOutput("");
    output.live(1, 4, -1, "ef");

    assertThat(output.rest()).isEqualTo("ef");
  }

  @Test
  void replacedBytesAreCountedAsTheCommandWroteThem() {
    var output = new TaskOutput("");

    assertThat(output.live(1, 0, 1, "\ufffd") + output.live(1, 1, 1, "b")).isEqualTo("\ufffdb");
  }

  /** Law: however live pieces and snapshots interleave, the text is printed once and whole. */
  @RepeatedTest(200)
  void everyByteIsPrintedOnce(RepetitionInfo repetition) {
    var random = new SplittableRandom(repetition.getCurrentRepetition());
    byte[] text = "aé€😀\n".repeat(20).getBytes(UTF_8);
    var output = new TaskOutput("");
    var printed = new StringBuilder();

    for (int at = 0; at < text.length; ) {
      int end = boundary(text, Math.min(text.length, at + 1 + random.nextInt(12)));
      if (random.nextInt(4) == 0) {
        printed.append(output.kept(1, new String(text, 0, end, UTF_8), end));
      }
      if (random.nextInt(5) > 0) {
        printed.append(output.live(1, at, end - at, new String(text, at, end - at, UTF_8)));
      }
      at = end;
    }
    printed.append(output.kept(1, new String(text, UTF_8), text.length));

    assertThat(printed.toString()).isEqualTo(new String(text, UTF_8));
  }

  private static int boundary(byte[] text, int at) {
    int end = at;
    while (end < text.length && (text[end] & 0xC0) == 0x80) {
      end++;
    }
    return end;
  }
}
