package dev.muster.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.JobId;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AttemptRightTest {
  private static final JobId JOB = new JobId("01JD4Q8Y7N3C9V5W2X6Z0B1D4F");
  private static final Instant END = Instant.ofEpochSecond(2_000_000_000);
  private static final Instant BEFORE = END.minusSeconds(1);
  private static final AttemptRight RIGHT = new AttemptRight(new AttemptRef(JOB, 7, 2, 3), END);
  private static final String KEY = "a".repeat(64);

  @Test
  void signedRightIsReadAsItWas() {
    assertThat(AttemptRight.verified(RIGHT.signed(KEY), job -> KEY, BEFORE)).hasValue(RIGHT);
  }

  @Test
  void rightThatIsOverIsNone() {
    assertThat(AttemptRight.verified(RIGHT.signed(KEY), job -> KEY, END)).isEmpty();
  }

  @Test
  void anyChangedCharacterMakesItNone() {
    String text = RIGHT.signed(KEY);
    for (int i = 0; i < text.length(); i++) {
      char other = text.charAt(i) == '1' ? '2' : '1';
      String changed = text.substring(0, i) + other + text.substring(i + 1);
      assertThat(AttemptRight.verified(changed, job -> KEY, BEFORE)).as(changed).isEmpty();
    }
    assertThat(AttemptRight.verified(text + "0", job -> KEY, BEFORE)).isEmpty();
    assertThat(AttemptRight.verified("", job -> KEY, BEFORE)).isEmpty();
  }

  @Test
  void anotherJobsSecretMakesNoRight() {
    assertThat(AttemptRight.verified(RIGHT.signed("b".repeat(64)), job -> KEY, BEFORE)).isEmpty();
  }
}
