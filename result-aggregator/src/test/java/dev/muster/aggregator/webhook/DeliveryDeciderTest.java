package dev.muster.aggregator.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveryDeciderTest {
  private static final RetrySchedule SCHEDULE =
      new RetrySchedule(List.of(Duration.ofSeconds(5), Duration.ofMinutes(5)));
  private static final double MIDDLE = 0.5;

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202, 204, 299})
  void anySuccessDelivers(int status) {
    assertThat(decide(new Answer.Responded(status, null), 1)).isEqualTo(new Verdict.Delivered());
  }

  @ParameterizedTest
  @ValueSource(ints = {199, 301, 302, 307, 308, 400, 401, 404, 429, 500, 503})
  void anythingElseIsTriedAgain(int status) {
    assertThat(decide(new Answer.Responded(status, null), 1))
        .isEqualTo(new Verdict.Again(Duration.ofSeconds(5)));
  }

  @Test
  void goneEndsItAtOnce() {
    assertThat(decide(new Answer.Responded(410, null), 1)).isEqualTo(new Verdict.Exhausted(true));
  }

  @ParameterizedTest
  @EnumSource(
      value = Answer.Fault.class,
      names = {"ENDPOINT_DISABLED"},
      mode = EnumSource.Mode.EXCLUDE)
  void noAnswerIsTriedAgain(Answer.Fault fault) {
    assertThat(decide(new Answer.Failed(fault), 2))
        .isEqualTo(new Verdict.Again(Duration.ofMinutes(5)));
  }

  @Test
  void disabledEndpointEndsIt() {
    assertThat(decide(new Answer.Failed(Answer.Fault.ENDPOINT_DISABLED), 1))
        .isEqualTo(new Verdict.Exhausted(false));
  }

  @Test
  void lastTryEndsIt() {
    assertThat(decide(new Answer.Responded(500, null), 3)).isEqualTo(new Verdict.Exhausted(false));
  }

  @Test
  void receiverMayAskForALongerWaitOnly() {
    assertThat(decide(new Answer.Responded(429, Duration.ofSeconds(7)), 1))
        .isEqualTo(new Verdict.Again(Duration.ofSeconds(7)));
    assertThat(decide(new Answer.Responded(429, Duration.ofSeconds(1)), 1))
        .isEqualTo(new Verdict.Again(Duration.ofSeconds(5)));
    assertThat(decide(new Answer.Responded(503, Duration.ofDays(400)), 1))
        .isEqualTo(new Verdict.Again(DeliveryDecider.RETRY_AFTER_MAX));
    assertThat(decide(new Answer.Responded(503, Duration.ofDays(400)), 3))
        .isEqualTo(new Verdict.Exhausted(false));
  }

  @Test
  void jitterStaysWithinATenth() {
    assertThat(SCHEDULE.after(1, 0)).contains(Duration.ofMillis(4_500));
    assertThat(SCHEDULE.after(1, 1)).contains(Duration.ofMillis(5_500));
  }

  @Test
  void circuitOpensAfterFailuresInARowAndItsPauseDoublesUpToABound() {
    Circuit circuit = new Circuit(5, Duration.ofMinutes(1), Duration.ofHours(1));

    assertThat(circuit.pauseAfter(4)).isZero();
    assertThat(circuit.pauseAfter(5)).isEqualTo(Duration.ofMinutes(1));
    assertThat(circuit.pauseAfter(6)).isEqualTo(Duration.ofMinutes(2));
    assertThat(circuit.pauseAfter(1_000_000)).isEqualTo(Duration.ofHours(1));
  }

  private static Verdict decide(Answer answer, int tries) {
    return DeliveryDecider.decide(answer, tries, SCHEDULE, MIDDLE);
  }
}
