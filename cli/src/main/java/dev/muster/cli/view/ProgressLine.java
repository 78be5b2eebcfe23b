package dev.muster.cli.view;

/** A job's progress in one line of at most 79 characters. */
public final class ProgressLine {
  private static final int BAR = 24;

  private ProgressLine() {}

  /**
   * The line for a job view.
   *
   * @param job the API's view of a job
   */
  public static String of(Json job) {
    Json counts = job.at("counts");
    var out = new StringBuilder(bar(job)).append(' ').append(job.text("status"));
    long total = counts.integer("total");
    if (total > 0) {
      out.append("  ").append(counts.integer("succeeded")).append('/').append(total);
    }
    append(out, counts, "failed");
    append(out, counts, "cancelled");
    append(out, counts, "running");
    return Table.cut(out.toString(), 79);
  }

  /** {@code [#####-----] 50 %}. */
  public static String bar(Json job) {
    double done = Math.clamp(done(job), 0, 1);
    int filled = (int) (done * BAR);
    return "["
        + "#".repeat(filled)
        + "-".repeat(BAR - filled)
        + "] "
        + String.format(java.util.Locale.ROOT, "%3d %%", (int) (done * 100));
  }

  /** The part of a job's tasks that has ended, 0 to 1. */
  public static double done(Json job) {
    Json counts = job.at("counts");
    long total = counts.integer("total");
    if (total == 0) {
      return job.number("progress");
    }
    long ended =
        counts.integer("succeeded") + counts.integer("failed") + counts.integer("cancelled");
    return (double) ended / total;
  }

  private static void append(StringBuilder out, Json counts, String state) {
    if (counts.integer(state) > 0) {
      out.append(", ").append(counts.integer(state)).append(' ').append(state);
    }
  }
}
