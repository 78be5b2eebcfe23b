package dev.muster.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeedsTest {
  @Test
  void eachBuildDrawsTheSameNumbers() {
    List<Long> first = new ArrayList<>();
    List<Long> second = new ArrayList<>();

    Seeds.forEach(5, random -> first.add(random.nextLong()));
    Seeds.forEach(5, random -> second.add(random.nextLong()));

    assertThat(first).isEqualTo(second).doesNotHaveDuplicates();
  }

  @Test
  void failureNamesItsSeed() {
    assertThatThrownBy(() ->
            Seeds.forEach(
                3,
                random -> {
                  throw new IllegalStateException("broken");
                }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("SEED=1");
  }
}
