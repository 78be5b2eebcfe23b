package dev.muster.dispatcher.gang;

import dev.muster.dispatcher.task.TaskState;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Decides about a gang from the states of its members. */
public final class GangDecider {
  private GangDecider() {}

  /**
   * What follows from the members' states.
   *
   * @param members at least one state
   */
  public static GangVerdict decide(Collection<TaskState> members) {
    int started = 0;
    int arrived = 0;
    int ended = 0;
    int out = 0;
    Instant at = null;
    for (TaskState member : members) {
      switch (member) {
        case TaskState.Leased s -> {}
        case TaskState.Running s -> started++;
        case TaskState.GangWait s -> arrived++;
        case TaskState.RetryWait s -> {
          out++;
          at = later(at, s.availableAt());
        }
        case TaskState.Ready s -> out++;
        case TaskState.Succeeded s -> ended++;
        case TaskState.Failed s -> ended++;
        case TaskState.Cancelled s -> ended++;
      }
    }
    int all = members.size();
    if (ended > 0) {
      // Successes are told together: one that has ended beside others that have not has failed.
      return ended == all ? new GangVerdict.Stay() : new GangVerdict.Fail();
    }
    if (arrived == all) {
      return new GangVerdict.Conclude();
    }
    if (out > 0) {
      return out == all ? new GangVerdict.Stay() : new GangVerdict.Repeat(at);
    }
    return started + arrived == all ? new GangVerdict.Running() : new GangVerdict.Stay();
  }

  private static Instant later(@Nullable Instant one, Instant other) {
    return one == null || one.isBefore(other) ? other : one;
  }
}
