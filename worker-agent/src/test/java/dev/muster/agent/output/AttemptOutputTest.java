package dev.muster.agent.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.task.ProgressEvent.Stream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttemptOutputTest {
  private final AttemptOutput output =
      new AttemptOutput(100 * 1024, text -> text.startsWith("{") && text.endsWith("}"));

  @Test
  void offsetsAreContiguousAcrossStreamsAndProgressLines() {
    write(Stream.STDOUT, "one\nMUSTER_PROGRESS:{}\n");
    write(Stream.STDERR, "two\n");
    write(Stream.STDOUT, "three\n");

    List<OutputPiece> pieces = output.flush();

    assertThat(pieces).extracting(OutputPiece::text).containsExactly("one\n", "two\n", "three\n");
    long next = 0;
    for (OutputPiece piece : pieces) {
      assertThat(piece.offset()).isEqualTo(next);
      next += piece.bytes();
    }
    assertThat(next).isEqualTo(output.total());
    assertThat(output.takeProgress()).isEqualTo("{}");
    assertThat(output.takeProgress()).isNull();
  }

  @Test
  void hugeOutputIsBoundedAndItsGapIsVisible() {
    String line = "x".repeat(1023) + "\n";
    List<OutputPiece> sent = new ArrayList<>();
    long held = 0;
    for (int i = 0; i < 50 * 1024; i++) {
      if (write(Stream.STDOUT, line)) {
        sent.addAll(output.flush());
      }
    }
    output.end();
    List<OutputPiece> last = output.flush();
    for (OutputPiece piece : last) {
      held += piece.bytes();
    }

    assertThat(sent.stream().mapToLong(OutputPiece::bytes).sum())
        .isBetween(90L * 1024, 110L * 1024);
    assertThat(held).isLessThanOrEqualTo(2L * OutputBuffer.PIECE_MAX);
    assertThat(last.getLast().offset() + last.getLast().bytes()).isEqualTo(50L * 1024 * 1024);
    assertThat(output.dropped())
        .isEqualTo(50L * 1024 * 1024 - held - sent.stream().mapToLong(OutputPiece::bytes).sum());
  }

  @Test
  void tailKeepsTheLastBytesFromAWholeCharacterOn() {
    write(Stream.STDOUT, "é".repeat(AttemptOutput.TAIL_BYTES));
    write(Stream.STDERR, "!");

    assertThat(output.tail()).isEqualTo("é".repeat(AttemptOutput.TAIL_BYTES / 2 - 1) + "!");
  }

  private boolean write(Stream stream, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return output.wrote(stream, bytes, bytes.length);
  }
}
