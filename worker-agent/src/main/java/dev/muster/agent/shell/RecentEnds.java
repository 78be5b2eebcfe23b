package dev.muster.agent.shell;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.worker.ReportEvent;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What ended lately, so that an assignment that comes again is answered with its report instead of
 * another run. Bounded in number and in text; what fell out would run again, which the epoch makes
 * harmless.
 */
final class RecentEnds {
  private static final int ENTRIES_MAX = 4_096;
  private static final long CHARS_MAX = 8L * 1024 * 1024;

  private final Map<TaskKey, Entry> entries = new LinkedHashMap<>();
  private long chars;

  /** A task of a job. */
  record TaskKey(JobId job, int index) {
    static TaskKey of(AttemptRef ref) {
      return new TaskKey(ref.job(), ref.index());
    }
  }

  /**
   * @param ref the last attempt of the task that ended here
   * @param report what was reported, or null when nothing was
   */
  record Entry(AttemptRef ref, @Nullable ReportEvent report) {
    long chars() {
      return report instanceof ReportEvent.AttemptFinished finished
          ? length(finished.end().result()) + length(finished.end().outputTail())
          : 0;
    }

    private static long length(@Nullable String text) {
      return text == null ? 0 : text.length();
    }
  }

  @Nullable Entry find(TaskKey task) {
    return entries.get(task);
  }

  void add(AttemptRef ref, @Nullable ReportEvent report) {
    Entry former = entries.get(TaskKey.of(ref));
    if (former != null && former.ref().epoch() > ref.epoch()) {
      // A superseded attempt died after its successor had ended.
      return;
    }
    entries.remove(TaskKey.of(ref));
    Entry entry = new Entry(ref, report);
    chars += entry.chars() - (former == null ? 0 : former.chars());
    entries.put(TaskKey.of(ref), entry);
    Iterator<Entry> oldest = entries.values().iterator();
    while (entries.size() > ENTRIES_MAX || chars > CHARS_MAX) {
      chars -= oldest.next().chars();
      oldest.remove();
    }
  }
}
