package dev.muster.agent.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.testkit.Seeds;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Utf8SplitterTest {
  @Test
  void textSurvivesAnyCut() {
    String text = "aé漢😀 plain";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

    Seeds.forEach(
        200,
        random -> {
          Utf8Splitter splitter = new Utf8Splitter();
          StringBuilder joined = new StringBuilder();
          int counted = 0;
          int at = 0;
          while (at < bytes.length) {
            int length = random.nextInt(1, bytes.length - at + 1);
            Utf8Splitter.Decoded piece = splitter.accept(bytes, at, length);
            joined.append(piece.text());
            counted += piece.bytes();
            at += length;
          }
          assertThat(joined.append(splitter.end().text())).hasToString(text);
          assertThat(counted).isEqualTo(bytes.length);
        });
  }

  @Test
  void brokenBytesAreReplacedAndCounted() {
    Utf8Splitter splitter = new Utf8Splitter();

    Utf8Splitter.Decoded piece = splitter.accept(new byte[] {'a', (byte) 0xff, 'b'}, 0, 3);

    assertThat(piece).isEqualTo(new Utf8Splitter.Decoded("a\uFFFDb", 3));
  }

  @Test
  void characterCutOffAtTheEndIsReplaced() {
    Utf8Splitter splitter = new Utf8Splitter();
    splitter.accept(new byte[] {(byte) 0xe6, (byte) 0xbc}, 0, 2);

    Utf8Splitter.Decoded rest = splitter.end();

    assertThat(rest).isEqualTo(new Utf8Splitter.Decoded("\uFFFD", 2));
  }
}
