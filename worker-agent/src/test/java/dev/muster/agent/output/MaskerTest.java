package dev.muster.agent.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.agent.output.Mask.Rule;
import dev.muster.testkit.Seeds;
import java.util.List;
import org.junit.jupiter.api.Test;

class MaskerTest {
  private static final Mask MASK =
      new Mask(
          List.of(
              new Rule("/data/a", "/worker", false),
              new Rule("/data/a/work/7", "/work", false),
              new Rule("node-17", "worker", true),
              new Rule("short", "never", false)));

  @Test
  void longestTextIsHiddenFirst() {
    assertThat(MASK.applyTo("see /data/a/work/7/x.py and /data/a/log"))
        .isEqualTo("see /work/x.py and /worker/log");
  }

  @Test
  void nameIsHiddenAsAWholeWordOnly() {
    assertThat(MASK.applyTo("node-17: node-170 xnode-17 (node-17) node-17"))
        .isEqualTo("worker: node-170 xnode-17 (worker) worker");
  }

  @Test
  void textsThatMayBeWordsOfTheUserStay() {
    assertThat(MASK.applyTo("a short text")).isEqualTo("a short text");
  }

  @Test
  void onlyWhatMayBecomeHiddenIsHeldBack() {
    Masker masker = new Masker(MASK);

    assertThat(masker.accept("ready: 100%")).isEqualTo("ready: 100%");
    assertThat(masker.accept("\n/dat")).isEqualTo("\n");
    assertThat(masker.accept("e")).isEqualTo("/date");
    assertThat(masker.accept("/data/")).isEmpty();
    assertThat(masker.end()).isEqualTo("/data/");
  }

  @Test
  void resultIsTheSameHoweverTheTextIsCut() {
    String[] parts = {"/data/a", "/work/7", "/wor", "node-17", "node-1", " ", "\n", "x", "/", "漢"};
    Seeds.forEach(
        500,
        random -> {
          StringBuilder text = new StringBuilder();
          for (int i = random.nextInt(60); i > 0; i--) {
            text.append(parts[random.nextInt(parts.length)]);
          }
          String whole = MASK.applyTo(text.toString());

          Masker masker = new Masker(MASK);
          StringBuilder joined = new StringBuilder();
          int at = 0;
          while (at < text.length()) {
            int to = at + random.nextInt(1, text.length() - at + 1);
            joined.append(masker.accept(text.substring(at, to)));
            at = to;
          }
          joined.append(masker.end());

          assertThat(joined).hasToString(whole);
          assertThat(whole).doesNotContain("/data/a");
        });
  }
}
