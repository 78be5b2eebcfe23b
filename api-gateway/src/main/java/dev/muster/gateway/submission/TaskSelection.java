package dev.muster.gateway.submission;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.IndexRanges.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads which tasks of a job are meant: {@code 17,40-90}, in any order, repeats allowed. */
public final class TaskSelection {
  private static final Pattern PART = Pattern.compile("\\s*(\\d{1,9})(?:-(\\d{1,9}))?\\s*");

  private TaskSelection() {}

  /**
   * @param text the written form
   * @param taskCount tasks of the job
   * @throws IllegalArgumentException with a sentence for the user
   */
  public static IndexRanges parse(String text, int taskCount) {
    List<Range> ranges = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Matcher matcher = PART.matcher(part);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "Expected failed, or indexes and ranges of them such as 17,40-90");
      }
      int first = Integer.parseInt(matcher.group(1));
      String end = matcher.group(2);
      int last = end == null ? first : Integer.parseInt(end);
      if (last < first || last >= taskCount) {
        throw new IllegalArgumentException(
            "Expected ascending ranges of indexes below "
                + taskCount
                + ", but got "
                + first
                + "-"
                + last);
      }
      ranges.add(new Range(first, last));
    }
    return IndexRanges.covering(ranges);
  }
}
