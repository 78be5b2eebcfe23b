package dev.muster.aggregator.shell;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.muster.aggregator.digest.Comparison;
import dev.muster.aggregator.digest.Scores;
import dev.muster.contracts.job.Benchmark;
import dev.muster.contracts.job.Design;
import dev.muster.contracts.task.SweepPoint;
import dev.muster.kit.StudentT;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The leaderboard of a sweep and the comparison of a benchmark, in {@code aggregate_result}. */
final class ScoresJson {
  private ScoresJson() {}

  static void put(ObjectNode aggregate, Scores scores, Design design) {
    aggregate.put("metric", scores.objective().metric());
    aggregate.put("direction", scores.objective().direction().name().toLowerCase(Locale.ROOT));
    ArrayNode board = aggregate.putArray("leaderboard");
    for (Scores.Score score : scores.leaderboard()) {
      ObjectNode line = board.addObject().put("rank", board.size()).put("index", score.index());
      PackageJson.number(line, "value", score.value());
      if (design.sweep() != null) {
        line.putRawValue("parameters", new RawValue(SweepPoint.of(design.sweep(), score.index())));
      }
      Benchmark benchmark = design.benchmark();
      if (benchmark != null) {
        line.put("variant", benchmark.strategyOf(score.index()).name())
            .put("input", benchmark.inputOf(score.index()))
            .put("repeat", benchmark.repeatOf(score.index()));
      }
    }
    Comparison comparison = scores.comparison(StudentT::width);
    if (comparison != null) {
      put(aggregate.putObject("comparison"), comparison);
    }
  }

  private static void put(ObjectNode node, Comparison comparison) {
    node.put("confidence", Comparison.CONFIDENCE)
        .put("paired_by", comparison.pairedByInput() ? "input" : "repeat");
    ObjectNode strategies = node.putObject("strategies");
    for (Comparison.Single single : comparison.strategies()) {
      ObjectNode one = strategies.putObject(single.name()).put("count", single.count());
      PackageJson.number(one, "mean", single.mean());
      interval(one, single.interval());
      PackageJson.number(one, "min", single.min());
      PackageJson.number(one, "max", single.max());
    }
    ArrayNode pairs = node.putArray("pairs");
    for (Comparison.Pair pair : comparison.pairs()) {
      ObjectNode one =
          pairs
              .addObject()
              .put("first", pair.first())
              .put("second", pair.second())
              .put("count", pair.count());
      PackageJson.number(one, "mean_difference", pair.difference());
      interval(one, pair.interval());
      one.put("first_wins", pair.firstWins())
          .put("second_wins", pair.secondWins())
          .put("better", pair.better());
    }
  }

  private static void interval(ObjectNode node, Comparison.@Nullable Interval interval) {
    if (interval == null) {
      node.putNull("interval");
    } else {
      ArrayNode ends = node.putArray("interval");
      ends.add(interval.low()).add(interval.high());
    }
  }
}
