package dev.muster.dispatcher.task;

import java.util.List;

/** The answer to a command. */
public sealed interface Decision {
  /** It is done; these changes follow. */
  record Accepted(List<TaskChange> changes) implements Decision {
    public Accepted {
      changes = List.copyOf(changes);
    }
  }

  /** Nothing changes. */
  record Rejected(Rejection reason) implements Decision {}

  /** Accepted with one change. */
  static Decision accept(TaskChange change) {
    return new Accepted(List.of(change));
  }

  /** Rejected for a reason. */
  static Decision reject(Rejection reason) {
    return new Rejected(reason);
  }
}
