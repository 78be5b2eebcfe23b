package dev.muster.cli.view;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The demo's hyper-parameter search as it runs: how far it is, who works on it, the best score so
 * far. Scores are the {@code validation_accuracy} of the tasks' progress and results, 0 to 1.
 */
public final class SearchView {
  private static final String SCORE = "validation_accuracy";
  private static final int BEST_MAX = 8;

  private final Map<Long, Double> scores = new HashMap<>();
  private List<Json> tasks = List.of();

  /** Takes the newest list of tasks. */
  public void tasks(List<Json> newest) {
    tasks = newest;
    for (Json task : newest) {
      progress(task);
    }
  }

  /** Takes a task's progress: an object with {@code index} and {@code latest_progress}. */
  public void progress(Json task) {
    Json progress = task.at("latest_progress");
    if (!progress.at(SCORE).isNull()) {
      // A later epoch may be worse; the best so far never is.
      scores.merge(task.integer("index"), progress.number(SCORE), Math::max);
    }
  }

  /** How many tasks have succeeded. */
  public int succeeded() {
    return (int) tasks.stream().filter(task -> task.text("status").equals("succeeded")).count();
  }

  /** The whole picture: a bar with the best score, then a line for each busy worker. */
  public List<String> lines() {
    var lines = new ArrayList<String>();
    int total = Math.max(1, tasks.size());
    int filled = succeeded() * 24 / total;
    lines.add("[" + "#".repeat(filled) + "-".repeat(24 - filled) + "] " + oneLine());
    running()
        .forEach((worker, count) ->
            lines.add("  " + worker + "  " + "*".repeat(count) + " " + count + " running"));
    return lines;
  }

  /** The same in one line without a picture. */
  public String oneLine() {
    var out = new StringBuilder();
    out.append(succeeded()).append(" of ").append(tasks.size()).append(" tasks succeeded");
    int running = running().values().stream().mapToInt(Integer::intValue).sum();
    if (running > 0) {
      out.append(", ").append(running).append(" running");
    }
    scores.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .ifPresent(best ->
            out.append(", best score ")
                .append(percent(best.getValue()))
                .append(" (task ")
                .append(best.getKey())
                .append(')'));
    return out.toString();
  }

  /** Running tasks by worker, as one phrase: {@code w-1f: 2, w-9c: 3}. */
  public String workers() {
    var parts = new ArrayList<String>();
    running().forEach((worker, count) -> parts.add(worker + ": " + count));
    return String.join(", ", parts);
  }

  private Map<String, Integer> running() {
    var running = new TreeMap<String, Integer>();
    for (Json task : tasks) {
      String worker = task.text("worker");
      if (task.text("status").equals("running") && !worker.isEmpty()) {
        running.merge(Table.plain(worker), 1, Integer::sum);
      }
    }
    return running;
  }

  /**
   * The best results, best first.
   *
   * @param results the API's {@code task_results}
   */
  public static String best(List<Json> results) {
    var sorted =
        results.stream()
            .filter(task -> !task.at("result").at(SCORE).isNull())
            .sorted(Comparator.comparingDouble(SearchView::score).reversed())
            .limit(BEST_MAX)
            .toList();
    var table =
        new Table(
            false,
            "task",
            "validation",
            "test",
            "hidden",
            "learning rate",
            "l2",
            "epochs",
            "run_s");
    for (Json task : sorted) {
      Json result = task.at("result");
      table.row(
          task.text("index"),
          percent(result.number(SCORE)),
          percent(result.number("test_accuracy")),
          result.text("hidden"),
          result.text("learning_rate"),
          result.text("l2"),
          result.text("epochs"),
          task.text("run_s"));
    }
    return table.render();
  }

  private static double score(Json task) {
    return task.at("result").number(SCORE);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", share * 100);
  }
}
