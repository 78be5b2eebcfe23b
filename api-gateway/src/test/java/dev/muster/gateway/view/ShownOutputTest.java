package dev.muster.gateway.view;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ShownOutputTest {
  private static final AttemptView FAILED = failed("the end");

  @Test
  void outputOfTheCurrentAttemptIsShown() {
    KeptOutput second = kept(2, "new");

    assertThat(ShownOutput.of(2L, second, 1, FAILED)).isEqualTo(second);
    assertThat(ShownOutput.of(null, second, 0, null)).isEqualTo(second);
  }

  @Test
  void failedAttemptsWholeOutputStaysUntilTheNextWritesItsFirstByte() {
    KeptOutput first = kept(1, "all of the first attempt");

    assertThat(ShownOutput.of(2L, first, 1, FAILED)).isEqualTo(first);
  }

  @Test
  void endThatCameWithTheFailureIsShownWhereNothingElseIsKept() {
    KeptOutput shown = ShownOutput.of(2L, KeptOutput.NONE, 1, FAILED);

    assertThat(shown).isEqualTo(new KeptOutput(1, 1, "the end", "", 0, 7, 0));
  }

  @Test
  void endOfANewerFailureReplacesWhatAnOlderAttemptWrote() {
    KeptOutput shown = ShownOutput.of(3L, kept(1, "older"), 2, FAILED);

    assertThat(shown).extracting(KeptOutput::text).isEqualTo("the end");
  }

  @Test
  void newerFailureThatWroteNothingLeavesTheOlderOutput() {
    KeptOutput older = kept(1, "older");

    assertThat(ShownOutput.of(3L, older, 2, failed(null))).isEqualTo(older);
    assertThat(ShownOutput.of(3L, KeptOutput.NONE, 2, failed(null))).isNull();
  }

  @Test
  void cutIsMarkedBetweenTheEnds() {
    KeptOutput cut = new KeptOutput(1, 1, "head", "tail", 12, 20, 0);

    assertThat(cut.text()).isEqualTo("head\n[... 12 characters are left out ...]\ntail");
    assertThat(cut.isTruncated()).isTrue();
    assertThat(kept(1, "all").isTruncated()).isFalse();
  }

  private static KeptOutput kept(long epoch, String head) {
    return new KeptOutput((int) epoch, epoch, head, "", 0, head.length(), 0);
  }

  private static AttemptView failed(@Nullable String tail) {
    return new AttemptView(1, "failed", null, null, null, 1, null, null, null, 0.1, tail);
  }
}
