package dev.muster.contracts.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.contracts.job.Sweep;
import dev.muster.contracts.job.Sweep.Axis;
import dev.muster.contracts.job.Sweep.Draw;
import dev.muster.contracts.job.Sweep.Law;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SweepPointTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KEPT =
      "{\"lr\":0.006732611796588188,\"dropout\":0.05003944316672565,\"layers\":1,\"act\":\"relu\"}";

  @Test
  void gridVisitsEveryCombinationOnceAndTheLastAxisVariesFastest() {
    Sweep grid =
        new Sweep(
            Sweep.Method.GRID,
            List.of(
                new Axis(List.of("opt", "lr"), List.of("0.10", "1e-3"), null),
                new Axis(List.of("opt", "name"), List.of("\"sgd\"", "\"adam\"", "null"), null)),
            List.of(),
            6,
            0);

    List<String> points = IntStream.range(0, 6).mapToObj(i -> SweepPoint.of(grid, i)).toList();

    assertThat(points)
        .doesNotHaveDuplicates()
        .startsWith(
            "{\"opt\":{\"lr\":0.10,\"name\":\"sgd\"}}", "{\"opt\":{\"lr\":0.10,\"name\":\"adam\"}}")
        .endsWith("{\"opt\":{\"lr\":1e-3,\"name\":null}}");
  }

  @Test
  void listedPointIsTheUsersText() {
    Sweep list = new Sweep(Sweep.Method.LIST, List.of(), List.of("{ \"a\": 1.0 }"), 1, 0);

    assertThat(SweepPoint.of(list, 0)).isEqualTo("{ \"a\": 1.0 }");
    assertThat(SweepPoint.members(list, 0)).isEqualTo("\"a\": 1.0");
  }

  @Test
  void drawsStayWithinTheirBoundsAndFollowTheirLaw() throws JsonProcessingException {
    Sweep sweep = random(7, 4_000);
    double logs = 0;
    int threes = 0;
    for (int i = 0; i < sweep.count(); i++) {
      JsonNode point = JSON.readTree(SweepPoint.of(sweep, i));
      assertThat(point.path("lr").asDouble()).isBetween(1e-4, 1e-1);
      assertThat(point.path("dropout").asDouble()).isBetween(0.0, 0.5);
      assertThat(point.path("layers").isIntegralNumber()).isTrue();
      assertThat(point.path("layers").asInt()).isBetween(1, 3);
      logs += Math.log10(point.path("lr").asDouble());
      threes += point.path("layers").asInt() == 3 ? 1 : 0;
    }
    assertThat(logs / sweep.count()).isBetween(-2.6, -2.4);
    assertThat(threes).isBetween(1_200, 1_470);
  }

  @Test
  void sameSeedDrawsTheSameForEverAndAnotherSeedDoesNot() {
    assertThat(SweepPoint.of(random(7, 9), 3)).isEqualTo(SweepPoint.of(random(7, 9_000), 3));
    assertThat(SweepPoint.of(random(8, 9), 3)).isNotEqualTo(SweepPoint.of(random(7, 9), 3));
    assertThat(SweepPoint.of(random(7, 9), 4)).isNotEqualTo(SweepPoint.of(random(7, 9), 3));
    // Kept: a job that is retried next year must find its points again.
    assertThat(SweepPoint.of(random(7, 9), 0)).isEqualTo(KEPT);
  }

  private static Sweep random(long seed, int count) {
    return new Sweep(
        Sweep.Method.RANDOM,
        List.of(
            new Axis(List.of("lr"), List.of(), new Draw(Law.LOG_UNIFORM, 1e-4, 1e-1)),
            new Axis(List.of("dropout"), List.of(), new Draw(Law.UNIFORM, 0, 0.5)),
            new Axis(List.of("layers"), List.of(), new Draw(Law.INTEGERS, 1, 3)),
            new Axis(List.of("act"), List.of("\"relu\"", "\"gelu\""), null)),
        List.of(),
        count,
        seed);
  }
}
