package dev.muster.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConsumerCheckTest {
  private static final Map<WrongConsumer.Mistake, Trial> SHOWN_BY =
      Map.of(
          WrongConsumer.Mistake.APPLIES_REPEATS, Trial.REPEATS,
          WrongConsumer.Mistake.TRUSTS_ARRIVAL, Trial.OVERTAKEN,
          WrongConsumer.Mistake.SKIPS_GAPS, Trial.GAP,
          WrongConsumer.Mistake.DROPS_EARLY, Trial.LATE_FILL,
          WrongConsumer.Mistake.IGNORES_UNKNOWN_KINDS, Trial.UNKNOWN_TYPE,
          WrongConsumer.Mistake.THROWS, Trial.UNREADABLE,
          WrongConsumer.Mistake.IGNORES_VERSION, Trial.NEW_VERSION);

  @Test
  void rightConsumerHasNoFinding() {
    assertThat(ConsumerCheck.of(JobList::new).run()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(WrongConsumer.Mistake.class)
  void everyMistakeIsFoundWhereItShows(WrongConsumer.Mistake mistake) {
    List<Finding> findings =
        ConsumerCheck.of(() -> new WrongConsumer(mistake))
            .run(Objects.requireNonNull(SHOWN_BY.get(mistake)));

    assertThat(findings).isNotEmpty();
    assertThat(findings.getFirst().toString()).contains("Expected", "but");
  }

  @ParameterizedTest
  @EnumSource(Trial.class)
  void consumerThatKnowsNothingFailsEveryTrial(Trial trial) {
    assertThat(ConsumerCheck.of(Deaf::new).run(trial)).isNotEmpty();
  }

  @Test
  void unreadableRecordsAreCounted() {
    JobList jobs = new JobList();

    jobs.accept(new Delivery("j", Map.of("ce_type", "dev.muster.job.queued.v1"), new byte[0]));

    assertThat(jobs.setAside()).isEqualTo(1);
  }

  /** Takes everything and learns nothing. */
  private static final class Deaf implements JobConsumer {
    @Override
    public void accept(Delivery record) {}

    @Override
    public Optional<Known> job(String job) {
      return Optional.empty();
    }

    @Override
    public Set<String> gaps() {
      return Set.of();
    }
  }
}
