package dev.muster.agent.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.task.ProgressEvent.Stream;
import dev.muster.testkit.Seeds;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AttemptOutputTest {
  private final AttemptOutput output =
      new AttemptOutput(100 * 1024, AttemptOutputTest::isDocument, () -> Mask.NONE);

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

  @Test
  void anyCutOfTheSameBytesGivesTheSameTextTailAndCount() {
    Mask mask = new Mask(List.of(new Mask.Rule("/data/a", "/work", false)));
    byte[][] parts = {
      "plain".getBytes(StandardCharsets.UTF_8),
      "漢🙂é".getBytes(StandardCharsets.UTF_8),
      {(byte) 0xff, (byte) 0xe6, (byte) 0xbc},
      "\n".getBytes(StandardCharsets.UTF_8),
      "MUSTER_PROGRESS:{\"a\":1}\n".getBytes(StandardCharsets.UTF_8),
      "/data/a/x.py".getBytes(StandardCharsets.UTF_8),
      "\0".getBytes(StandardCharsets.UTF_8)
    };
    Seeds.forEach(
        200,
        random -> {
          ByteArrayOutputStream all = new ByteArrayOutputStream();
          for (int i = random.nextInt(2_000); i > 0; i--) {
            all.writeBytes(parts[random.nextInt(parts.length)]);
          }
          byte[] bytes = all.toByteArray();
          AttemptOutput atOnce = made(mask);
          AttemptOutput inPieces = made(mask);
          StringBuilder joined = new StringBuilder();

          atOnce.wrote(Stream.STDOUT, bytes, bytes.length);
          atOnce.end();
          for (int at = 0; at < bytes.length; ) {
            int length = random.nextInt(1, Math.min(900, bytes.length - at) + 1);
            byte[] piece = Arrays.copyOfRange(bytes, at, at + length);
            inPieces.wrote(Stream.STDOUT, piece, length);
            inPieces.flush().forEach(sent -> joined.append(sent.text()));
            at += length;
          }
          inPieces.end();
          inPieces.flush().forEach(sent -> joined.append(sent.text()));

          assertThat(joined)
              .hasToString(
                  atOnce.flush().stream().map(OutputPiece::text).collect(Collectors.joining()));
          assertThat(inPieces.tail()).isEqualTo(atOnce.tail()).doesNotContain("/data");
          assertThat(inPieces.total()).isEqualTo(bytes.length);
        });
  }

  private static AttemptOutput made(Mask mask) {
    return new AttemptOutput(100 * 1024, AttemptOutputTest::isDocument, () -> mask);
  }

  private static boolean isDocument(String text) {
    return text.startsWith("{") && text.endsWith("}");
  }

  private boolean write(Stream stream, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return output.wrote(stream, bytes, bytes.length);
  }
}
