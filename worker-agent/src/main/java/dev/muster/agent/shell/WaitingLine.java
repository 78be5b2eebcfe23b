package dev.muster.agent.shell;

import dev.muster.agent.device.FreeCapacity;
import dev.muster.contracts.worker.Capacity;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Attempts that wait for capacity, in the order of their assignment, and the capacity itself. The
 * head waits for room and nothing overtakes it: the dispatcher leases ahead only small work that
 * ends soon. An attempt larger than the whole worker runs when it is alone. Guarded by the desk;
 * only the gauges look in from outside.
 */
final class WaitingLine {
  private final Deque<HeldAttempt> line = new ArrayDeque<>();
  private volatile FreeCapacity free;
  private volatile int placed;
  private volatile int waiting;

  WaitingLine(Capacity capacity) {
    this.free = FreeCapacity.of(capacity);
  }

  void add(HeldAttempt attempt) {
    line.add(attempt);
    waiting = line.size();
  }

  /** Takes out the head and gives it its capacity, or returns null when it must wait. */
  @Nullable HeldAttempt next() {
    HeldAttempt head = line.peek();
    if (head == null
        || (placed > 0 && !free.fits(head.run().requirements(), head.assignment().devices()))) {
      return null;
    }
    line.remove();
    waiting = line.size();
    head.placed = true;
    placed++;
    free = free.take(head.run().requirements(), head.assignment().devices());
    return head;
  }

  /** Gives the attempt's capacity back, once. */
  void release(HeldAttempt attempt) {
    if (attempt.placed) {
      attempt.placed = false;
      placed--;
      free = free.give(attempt.run().requirements(), attempt.assignment().devices());
    }
  }

  /** The attempt waits no longer. */
  void remove(HeldAttempt attempt) {
    if (!line.isEmpty() && line.remove(attempt)) {
      waiting = line.size();
    }
  }

  int placedCount() {
    return placed;
  }

  int waitingCount() {
    return waiting;
  }
}
