package dev.muster.agent.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.testkit.Seeds;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineScannerTest {
  private final List<String> documents = new ArrayList<>();
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private int taken;
  private final LineScanner scanner =
      new LineScanner(text -> text.startsWith("{") && text.endsWith("}") && documents.add(text));
  private final LineScanner.Sink sink =
      new LineScanner.Sink() {
        @Override
        public void output(byte[] bytes, int from, int length) {
          output.write(bytes, from, length);
        }

        @Override
        public void taken(int bytes) {
          taken += bytes;
        }
      };

  @Test
  void progressLinesOfBothNamesAreTakenOutWhateverTheReadsCutApart() {
    String text =
        "start\nMUSTER_PROGRESS:{\"step\":1}\nMUSTER_other\nCOMPUTALOT_PROGRESS: {\"step\":2}\r\nend";

    Seeds.forEach(
        200,
        random -> {
          documents.clear();
          output.reset();
          taken = 0;
          byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
          int at = 0;
          while (at < bytes.length) {
            int length = random.nextInt(1, bytes.length - at + 1);
            scanner.accept(Arrays.copyOfRange(bytes, at, at + length), length, sink);
            at += length;
          }
          scanner.end(sink);
          assertThat(documents).containsExactly("{\"step\":1}", "{\"step\":2}");
          assertThat(output.toString(StandardCharsets.UTF_8)).isEqualTo("start\nMUSTER_other\nend");
          assertThat(taken + output.size()).isEqualTo(bytes.length);
        });
  }

  @Test
  void malformedDocumentStaysOutput() {
    write("MUSTER_PROGRESS:{oops\n");

    assertThat(documents).isEmpty();
    assertThat(output).hasToString("MUSTER_PROGRESS:{oops\n");
  }

  @Test
  void prefixInsideALineIsOutput() {
    write("say MUSTER_PROGRESS:{}\n");

    assertThat(output).hasToString("say MUSTER_PROGRESS:{}\n");
  }

  @Test
  void lastLineMayLackItsNewline() {
    write("MUSTER_PROGRESS:{}");
    scanner.end(sink);

    assertThat(documents).containsExactly("{}");
  }

  @Test
  void lineLongerThanTheLimitPassesAndTheNextLineCounts() {
    String giant = "MUSTER_PROGRESS:{" + "x".repeat(LineScanner.LINE_MAX) + "}\n";

    write(giant);
    write("MUSTER_PROGRESS:{}\n");

    assertThat(output.size()).isEqualTo(giant.length());
    assertThat(documents).containsExactly("{}");
  }

  @Test
  void ordinaryTextPassesAtOnce() {
    write("no newline");

    assertThat(output).hasToString("no newline");
  }

  private void write(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    scanner.accept(bytes, bytes.length, sink);
  }
}
