package dev.muster.gateway.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.gateway.verify.Recount.Rank;
import dev.muster.gateway.verify.Stored.Field;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecountTest {
  private static final Stored NOTHING = new Stored(0, Map.of(), false, null, true, List.of());

  /** The aggregate of these losses as a running sum of doubles makes it. */
  private static Stored aggregate(double[] losses, boolean ascending) {
    double sum = 0;
    double min = losses[0];
    double max = losses[0];
    for (double loss : losses) {
      sum += loss;
      min = Math.min(min, loss);
      max = Math.max(max, loss);
    }
    Comparator<Rank> least = Comparator.comparingDouble(Rank::value);
    List<Rank> best =
        IntStream.range(0, losses.length)
            .mapToObj(index -> new Rank(index, losses[index]))
            .sorted((ascending ? least : least.reversed()).thenComparingInt(Rank::index))
            .limit(Stored.RANKED_MAX)
            .toList();
    int n = losses.length;
    Field loss = new Field(n, sum / n, min, max, sum, 0, 0);
    Field good = new Field(0, 0, 0, 0, 0, n, 0);
    return new Stored(n, Map.of("loss", loss, "good", good), false, "loss", ascending, best);
  }

  private static Recount counted(Stored stored, double[] losses) {
    Recount recount = new Recount(stored);
    for (int index = 0; index < losses.length; index++) {
      recount.number(index, "loss", losses[index]);
      recount.flag("good", true);
    }
    return recount;
  }

  private static double[] losses(SplittableRandom random, int count) {
    return random
        .doubles(count, -1, 1)
        .map(value -> random.nextInt(8) == 0 ? 0.25 : value * Math.pow(10, random.nextInt(-8, 9)))
        .toArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 99, 100, 101, 5_000})
  void aggregateOfTheResultsIsTrueWhateverWasRounded(int count) {
    for (long seed = 0; seed < 10; seed++) {
      double[] losses = losses(new SplittableRandom(seed), count);
      Stored stored = aggregate(losses, seed % 2 == 0);

      assertThat(counted(stored, losses).differences(count, count, count))
          .as("seed %d", seed)
          .isEmpty();
    }
  }

  @Test
  void everyWrongFigureIsNamed() {
    double[] losses = losses(new SplittableRandom(7), 300);
    Stored right = aggregate(losses, true);
    Field loss = Objects.requireNonNull(right.fields().get("loss"));
    Map<String, Field> wrong = new HashMap<>();
    wrong.put("count", new Field(299, loss.mean(), loss.min(), loss.max(), loss.sum(), 0, 0));
    wrong.put("mean", new Field(300, loss.mean() + 1, loss.min(), loss.max(), loss.sum(), 0, 0));
    wrong.put("min", new Field(300, loss.mean(), loss.min() - 1, loss.max(), loss.sum(), 0, 0));
    wrong.put("max", new Field(300, loss.mean(), loss.min(), loss.max() + 1, loss.sum(), 0, 0));
    wrong.put("sum", new Field(300, loss.mean(), loss.min(), loss.max(), loss.sum() + 1, 0, 0));
    wrong.put("true", new Field(300, loss.mean(), loss.min(), loss.max(), loss.sum(), 1, 0));
    wrong.forEach((figure, field) -> {
      Map<String, Field> fields = new HashMap<>(right.fields());
      fields.put("loss", field);
      Stored stored = new Stored(300, fields, false, "loss", true, right.leaderboard());

      assertThat(counted(stored, losses).differences(300, 300, 300))
          .extracting(Difference::path)
          .containsExactly("fields.loss." + figure);
    });
    assertThat(counted(right, losses).differences(300, 299, 300))
        .extracting(Difference::path)
        .containsExactly("counts.succeeded");
  }

  @Test
  void resultThatWasCountedTwiceIsFound() {
    double[] losses = {3, 1, 2};
    Stored stored = aggregate(new double[] {3, 1, 2, 2}, true);

    assertThat(counted(stored, losses).differences(3, 3, 3))
        .extracting(Difference::path)
        .contains("count", "fields.loss.count", "fields.loss.sum", "leaderboard[2]");
  }

  @Test
  void leaderboardThatSkipsAResultOrSwapsTwoIsFound() {
    double[] losses = {3, 1, 2};
    Stored right = aggregate(losses, false);
    for (List<Rank> board :
        List.of(
            right.leaderboard().subList(0, 2),
            right.leaderboard().subList(1, 3),
            right.leaderboard().reversed())) {
      Stored stored = new Stored(3, right.fields(), false, "loss", false, board);

      assertThat(counted(stored, losses).differences(3, 3, 3))
          .isNotEmpty()
          .allSatisfy(found -> assertThat(found.path()).startsWith("leaderboard["));
    }
  }

  @Test
  void fieldThatTheAggregateForgotIsFoundUnlessItSaysThatItLeftSomeOut() {
    Stored truncated = new Stored(1, Map.of(), true, null, true, List.of());
    List<List<Difference>> found = new ArrayList<>();
    for (Stored stored : List.of(NOTHING, truncated)) {
      Recount recount = new Recount(stored);
      recount.number(0, "loss", 1);
      found.add(recount.differences(stored.count(), 1, 1));
    }

    assertThat(found.getFirst()).extracting(Difference::path).containsExactly("fields.loss.count");
    assertThat(found.getLast()).isEmpty();
  }
}
