package dev.muster.cli.view;

import java.util.stream.Collectors;

/** The leaderboard of a sweep and the comparison of a benchmark, as tables. */
public final class RankingView {
  private static final int RANKS_MAX = 10;
  private static final int PARAMETERS_WIDTH = 72;

  private RankingView() {}

  /**
   * The tables of a job that has any, each after an empty line; nothing for every other job.
   *
   * @param aggregate {@code aggregate_result} of the results
   */
  public static String of(Json aggregate, boolean colour) {
    StringBuilder out = new StringBuilder();
    if (!aggregate.list("leaderboard").isEmpty()) {
      out.append('\n').append(leaderboard(aggregate, colour));
    }
    if (!aggregate.at("comparison").list("pairs").isEmpty()) {
      out.append('\n').append(comparison(aggregate.at("comparison"), colour));
    }
    return out.toString();
  }

  private static String leaderboard(Json aggregate, boolean colour) {
    var table = new Table(colour, "rank", "task", aggregate.text("metric"), "of");
    aggregate.list("leaderboard").stream()
        .limit(RANKS_MAX)
        .forEach(line -> {
          Json parameters = line.at("parameters");
          String of = parameters.isNull() ? line.text("variant") : parameters.toString();
          table.row(
              line.text("rank"),
              line.text("index"),
              line.text("value"),
              Table.cut(of, PARAMETERS_WIDTH));
        });
    return table.render();
  }

  private static String comparison(Json comparison, boolean colour) {
    var table = new Table(colour, "first", "second", "pairs", "difference", "interval", "better");
    for (Json pair : comparison.list("pairs")) {
      String interval =
          pair.list("interval").stream().map(Json::text).collect(Collectors.joining(" to "));
      String better = pair.text("better");
      table.row(
          pair.text("first"),
          pair.text("second"),
          pair.text("count"),
          pair.text("mean_difference"),
          interval.isEmpty() ? "-" : interval,
          better.isEmpty() ? "not told apart" : better);
    }
    return table.render();
  }
}
