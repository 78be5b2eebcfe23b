package dev.muster.gateway.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.testkit.Seeds;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FailureBudgetTest {
  private static final FailureBudget.Rule RULE = new FailureBudget.Rule(3, 0.5);
  private static final long SECOND = 1_000_000_000L;

  @Test
  void failuresBeyondTheBudgetHaveToWait() {
    FailureBudget budget = FailureBudget.full(RULE, 0).spend().spend();
    assertThat(budget.isSpent()).isFalse();

    budget = budget.spend();

    assertThat(budget.isSpent()).isTrue();
    assertThat(budget.pause(RULE)).isEqualTo(Duration.ofSeconds(2));
    assertThat(budget.at(RULE, 2 * SECOND).isSpent()).isFalse();
    assertThat(budget.at(RULE, SECOND).isSpent()).isTrue();
  }

  @Test
  void whoeverWaitsAsToldIsNotToldAgain() {
    Seeds.forEach(
        200,
        random -> {
          long now = random.nextLong();
          FailureBudget budget = FailureBudget.full(RULE, now);
          for (int i = 0; i < 50; i++) {
            now += random.nextLong(3 * SECOND);
            budget = budget.at(RULE, now).spend();
            if (budget.isSpent()) {
              FailureBudget later = budget.at(RULE, now + budget.pause(RULE).toNanos());
              assertThat(later.isSpent()).isFalse();
            }
            assertThat(budget.left()).isBetween(0.0, 3.0);
          }
        });
  }

  @Test
  void steadyFailuresAreNeverMoreThanTheRuleAllows() {
    FailureBudget budget = FailureBudget.full(RULE, 0);
    int answered = 0;
    for (long now = 0; now < 60 * SECOND; now += SECOND / 10) {
      budget = budget.at(RULE, now);
      if (!budget.isSpent()) {
        answered++;
        budget = budget.spend();
      }
    }
    assertThat(answered).isBetween(32, 33);
  }

  @Test
  void budgetThatNeverRefillsIsRefused() {
    assertThatThrownBy(() -> new FailureBudget.Rule(1, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
