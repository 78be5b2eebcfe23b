package dev.muster.aggregator.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.muster.contracts.aggregate.Buckets;
import dev.muster.contracts.aggregate.ExactSum;
import dev.muster.contracts.aggregate.LiveAggregate;
import dev.muster.contracts.aggregate.LiveAggregate.Entry;
import dev.muster.contracts.aggregate.Series;
import dev.muster.contracts.aggregate.Series.Extreme;
import dev.muster.contracts.job.Aggregation.Linear;
import dev.muster.kit.Json;
import dev.muster.testkit.Seeds;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SeriesLawsTest {
  private static final int RUNS = 1_000;

  @Test
  void anyOrderAndAnyPartsAddUpToTheSameBits() {
    Seeds.forEach(
        RUNS,
        random -> {
          @Nullable Linear linear = random.nextBoolean() ? null : new Linear(-1, 1, 7);
          List<Extreme> numbers = numbers(random);
          Series whole = Series.of(numbers, linear);

          List<Series> parts = parts(shuffled(numbers, random), linear, random);
          while (parts.size() > 1) {
            Series a = parts.remove(random.nextInt(parts.size()));
            Series b = parts.remove(random.nextInt(parts.size()));
            parts.add(a.plus(b));
          }

          assertThat(parts.getFirst()).isEqualTo(whole);
          assertThat(Json.text(parts.getFirst())).isEqualTo(Json.text(whole));
        });
  }

  @Test
  void sumIsThatOfUnlimitedPrecision() {
    Seeds.forEach(
        RUNS,
        random -> {
          List<Extreme> numbers = numbers(random);
          BigDecimal sum = BigDecimal.ZERO;
          BigDecimal squares = BigDecimal.ZERO;
          for (Extreme number : numbers) {
            BigDecimal value = new BigDecimal(number.value());
            sum = sum.add(value);
            squares = squares.add(value.multiply(value));
          }

          Series series = Series.of(numbers, null);

          assertThat(series.sum().decimal()).isEqualByComparingTo(sum);
          assertThat(series.squares().decimal()).isEqualByComparingTo(squares);
          assertThat(ExactSum.parse(series.sum().toString())).isEqualTo(series.sum());
        });
  }

  @Test
  void nothingCancelsHoweverFarTheMeanIsFromZero() {
    List<Extreme> numbers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      numbers.add(new Extreme(1e15 + i, i)); // naive sums of squares lose all of it
    }

    Series series = Series.of(numbers, null);

    assertThat(series.mean()).isEqualTo(1e15 + 1.5);
    assertThat(series.deviation()).isCloseTo(Math.sqrt(5 / 3.0), within(1e-15));
    assertThat(series.error()).isCloseTo(Math.sqrt(5 / 12.0), within(1e-15));
  }

  @Test
  void everyNumberLiesInItsBucket() {
    Seeds.forEach(
        RUNS,
        random -> {
          for (Extreme number : numbers(random)) {
            double value = number.value();
            Buckets.Range range = Buckets.range(Buckets.of(value, null), null);
            double size = Math.abs(value);
            double from = Math.min(Math.abs(range.from()), Math.abs(range.to()));
            double to = Math.max(Math.abs(range.from()), Math.abs(range.to()));
            assertThat(size).isGreaterThanOrEqualTo(from);
            assertThat(value == 0 ? from == to : size < to).as("%s in %s", value, range).isTrue();
            assertThat(value < 0 ? range.to() <= 0 : range.from() >= 0).isTrue();
          }
        });
  }

  @Test
  void fixedBucketsAreAtMostAQuarterAsWideAsTheirLowerEnd() {
    for (double value = 0x1p-32; value < 0x1p32; value *= 1.01) {
      Buckets.Range range = Buckets.range(Buckets.of(value, null), null);
      assertThat(range.to() - range.from()).isLessThanOrEqualTo(range.from() / 4);
    }
  }

  @Test
  void linearBucketsHaveOneOnEitherSide() {
    Linear linear = new Linear(0, 10, 5);

    assertThat(Buckets.of(-0.1, linear)).isEqualTo(-1);
    assertThat(Buckets.of(0, linear)).isZero();
    assertThat(Buckets.of(9.99, linear)).isEqualTo(4);
    assertThat(Buckets.of(10, linear)).isEqualTo(5);
    assertThat(Buckets.range(1, linear)).isEqualTo(new Buckets.Range(2, 4));
    assertThat(Buckets.range(5, linear)).isEqualTo(new Buckets.Range(10, Double.POSITIVE_INFINITY));
  }

  @Test
  void lowerIndexHasTheExtremeAmongEquals() {
    Series series = Series.of(List.of(new Extreme(2, 7), new Extreme(2, 3)), null);

    assertThat(series.min()).isEqualTo(new Extreme(2, 3));
    assertThat(series.max()).isEqualTo(new Extreme(2, 3));
  }

  @Test
  void whatIsKeptIsReadBackWithNothingLost() {
    Seeds.forEach(
        100,
        random -> {
          LiveAggregate live =
              LiveAggregate.EMPTY
                  .plus(
                      List.of(
                          new Entry("a", null, Series.of(numbers(random), null)),
                          new Entry("a", "b", Series.of(numbers(random), null))))
                  .looked(List.of(new LiveAggregate.Looks(3, 40)), null);

          assertThat(Json.read(Json.text(live), LiveAggregate.class)).isEqualTo(live);
        });
  }

  /** Ordinary numbers and the worst there are. */
  private static List<Extreme> numbers(SplittableRandom random) {
    int kind = random.nextInt(3);
    List<Extreme> numbers = new ArrayList<>();
    for (int index = 0; index < 1 + random.nextInt(1, 30); index++) {
      double value =
          switch (kind) {
            case 0 -> random.nextInt(-3, 4);
            case 1 -> random.nextDouble(-1, 1);
            default -> Double.longBitsToDouble(random.nextLong());
          };
      if (Double.isFinite(value)) {
        numbers.add(new Extreme(value, index));
      }
    }
    numbers.add(new Extreme(-0.0, 99));
    return numbers;
  }

  private static List<Extreme> shuffled(List<Extreme> numbers, SplittableRandom random) {
    List<Extreme> shuffled = new ArrayList<>();
    for (Extreme number : numbers) {
      shuffled.add(random.nextInt(shuffled.size() + 1), number);
    }
    return shuffled;
  }

  private static List<Series> parts(
      List<Extreme> numbers, @Nullable Linear linear, SplittableRandom random) {
    List<Series> parts = new ArrayList<>();
    List<Extreme> left = new ArrayList<>(numbers);
    while (!left.isEmpty()) {
      List<Extreme> part = left.subList(0, 1 + random.nextInt(left.size()));
      parts.add(Series.of(part, linear));
      part.clear();
    }
    return parts;
  }
}
