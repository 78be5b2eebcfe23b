package dev.muster.cli.view;

import java.util.List;
import java.util.Locale;

/** What was added up of a job's results so far, as a table. */
public final class AggregatesText {
  private AggregatesText() {}

  /**
   * The table after an empty line; nothing where nothing was added up.
   *
   * @param aggregates of a job
   */
  public static String of(Json aggregates, boolean colour) {
    List<Json> series = aggregates.list("series");
    if (series.isEmpty()) {
      return "";
    }
    var table = new Table(colour, "field", "of", "count", "mean", "95 % interval", "min", "max");
    for (Json line : series) {
      List<Json> ends = line.list("interval");
      table.row(
          line.text("field"),
          line.text("variant").isEmpty() ? "all" : line.text("variant"),
          line.text("count"),
          number(line.number("mean")),
          ends.size() < 2 ? "-" : number(ends.get(0)) + " to " + number(ends.get(1)),
          extreme(line.at("min")),
          extreme(line.at("max")));
    }
    return "\n" + table.render();
  }

  private static String extreme(Json point) {
    return number(point.number("value")) + " (task " + point.text("index") + ")";
  }

  private static String number(Json value) {
    return number(Double.parseDouble(value.text()));
  }

  /** Six digits are enough to look at; all of them are in the JSON. */
  private static String number(double value) {
    return String.format(Locale.ROOT, "%.6g", value);
  }
}
