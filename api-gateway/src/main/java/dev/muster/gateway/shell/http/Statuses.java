package dev.muster.gateway.shell.http;

import dev.muster.contracts.job.JobState;
import dev.muster.contracts.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The status words of filters, turned into states; both spellings of cancelled are taken. */
final class Statuses {
  private Statuses() {}

  /** Canonical states that show one of the words; null when none was asked for. */
  static @Nullable List<String> jobStates(Query query, List<String> words) {
    if (words.isEmpty()) {
      return null;
    }
    List<String> states = new ArrayList<>();
    for (String word : words) {
      int before = states.size();
      for (JobState state : JobState.values()) {
        if (state != JobState.CANCELING && state.nativeWord("").equals(word)) {
          states.add(state.name());
        }
      }
      if (states.size() == before) {
        query.error(
            "status",
            "unknown",
            "Expected planning, queued, running, completed, partial, failed or cancelled");
      }
    }
    return states;
  }

  static List<String> words(Query query) {
    return query.texts("status").stream()
        .map(word -> word.equals("canceled") ? "cancelled" : word)
        .toList();
  }

  /** Task states; null when none was asked for. */
  static @Nullable List<String> taskStates(Query query) {
    List<String> words = words(query);
    if (words.isEmpty()) {
      return null;
    }
    List<String> states = new ArrayList<>();
    for (String word : words) {
      for (TaskState state : TaskState.values()) {
        if (state.name().toLowerCase(Locale.ROOT).equals(word)) {
          states.add(state.name());
        }
      }
    }
    if (states.size() < words.size()) {
      query.error(
          "status",
          "unknown",
          "Expected pending, ready, leased, running, retry_wait, succeeded, failed, cancelled or"
              + " skipped");
    }
    return states;
  }
}
