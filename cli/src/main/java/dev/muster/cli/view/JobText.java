package dev.muster.cli.view;

import java.util.List;

/** A job in words. */
public final class JobText {
  private JobText() {}

  /** The lines of {@code muster status}. */
  public static String of(Json job, boolean colour) {
    var out = new StringBuilder();
    line(out, "Job", job.text("job_id"));
    String status = job.text("status");
    String canonical = job.text("canonical_state");
    String stopped = job.text("stop_reason");
    boolean canceling = canonical.equals("CANCELING");
    line(
        out,
        "Status",
        (colour ? Colours.ofStatus(status) : status)
            + (canceling ? (stopped.isEmpty() ? " (being cancelled)" : " (being stopped)") : ""));
    line(out, "Progress", ProgressLine.bar(job));
    line(out, "Tasks", counts(job.at("counts")));
    line(out, "Tags", words(job.list("tags")));
    line(out, "Variant", job.text("variant"));
    line(out, "Client ref", job.text("client_ref"));
    line(out, "Retry of", job.text("retry_of"));
    line(out, "Depends on", words(job.list("depends_on")));
    line(out, "Waits for", words(job.list("blocked_on")));
    line(out, "Created", time(job.text("created_at")));
    line(out, "Started", time(job.text("started_at")));
    line(out, "Ended", time(job.text("ended_at")));
    long lost = job.integer("attempts_lost");
    line(out, "Lost", lost == 0 ? "" : lost + " attempts, run again elsewhere");
    line(out, "Stopped", stopped);
    line(out, "Error", error(job));
    line(out, "What to do", job.text("recommended_action"));
    return out.append(AggregatesText.of(job.at("aggregates"), colour)).toString();
  }

  /** {@code 48: 40 succeeded, 8 running}. */
  static String counts(Json counts) {
    var out = new StringBuilder(counts.text("total"));
    String separator = ": ";
    for (String state :
        List.of("succeeded", "failed", "cancelled", "running", "leased", "pending")) {
      if (counts.integer(state) > 0) {
        out.append(separator).append(counts.integer(state)).append(' ').append(state);
        separator = ", ";
      }
    }
    return out.toString();
  }

  /** {@code code: sentence}, or what there is of it. */
  public static String error(Json failed) {
    String code = failed.text("error_code");
    String error = failed.text("error");
    return code.isEmpty() || error.isEmpty() ? code + error : code + ": " + error;
  }

  /** An instant to the second, without the T that nobody reads. */
  public static String time(String instant) {
    return instant.length() < 19 ? instant : instant.substring(0, 19).replace('T', ' ') + "Z";
  }

  /** A list's strings, separated by commas. */
  public static String words(List<Json> strings) {
    return String.join(", ", strings.stream().map(Json::text).toList());
  }

  private static void line(StringBuilder out, String name, String value) {
    if (!value.isEmpty()) {
      String shown = value.startsWith("\u001b[") ? value : Table.plain(value);
      out.append(name).repeat(" ", 12 - name.length()).append(shown).append('\n');
    }
  }
}
