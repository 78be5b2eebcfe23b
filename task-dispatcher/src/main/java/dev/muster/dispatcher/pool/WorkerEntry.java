package dev.muster.dispatcher.pool;

import dev.muster.contracts.worker.GpuDevice;
import dev.muster.dispatcher.placement.Room;
import dev.muster.dispatcher.worker.WorkerState;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A worker with the leases it carries and the room it has left. */
final class WorkerEntry {
  final Map<TaskKey, Hold> holds = new LinkedHashMap<>();
  private final Queue<Hold> ahead = new ArrayDeque<>();
  private int aheadCount;
  WorkerState state;
  Room room;

  WorkerEntry(WorkerState state) {
    this.state = state;
    this.room = Room.empty(state.id(), state.capacity());
  }

  int aheadCount() {
    return aheadCount;
  }

  /** Takes over what the worker says of itself; changed capacity changes the room. */
  void update(WorkerState next) {
    boolean same = next.capacity().equals(state.capacity());
    state = next;
    if (same) {
      return;
    }
    Room fresh = Room.empty(next.id(), next.capacity());
    Set<String> known = new HashSet<>();
    next.capacity().gpus().forEach(device -> known.add(device.uuid()));
    for (Hold hold : holds.values()) {
      if (hold.charged) {
        fresh =
            fresh.minus(
                hold.request, hold.devices.stream().filter(d -> known.contains(d.uuid())).toList());
      }
    }
    room = fresh;
  }

  void add(Hold hold) {
    holds.put(hold.key, hold);
    if (hold.charged) {
      room = room.minus(hold.request, hold.devices);
    } else {
      ahead.add(hold);
      aheadCount++;
    }
  }

  /** Takes a lease off; the oldest lease ahead takes the room it leaves. */
  @Nullable Hold remove(TaskKey key) {
    Hold hold = holds.remove(key);
    if (hold == null) {
      return null;
    }
    if (hold.charged) {
      room = room.plus(hold.request, stillThere(hold));
      promote();
    } else {
      aheadCount--;
    }
    return hold;
  }

  private List<GpuDevice> stillThere(Hold hold) {
    return hold.devices.isEmpty()
        ? hold.devices
        : hold.devices.stream().filter(state.capacity().gpus()::contains).toList();
  }

  private void promote() {
    Hold next = ahead.peek();
    while (next != null && (holds.get(next.key) != next || room.fits(next.request))) {
      ahead.remove();
      if (holds.get(next.key) == next) {
        next.charged = true;
        aheadCount--;
        room = room.minus(next.request, next.devices);
      }
      next = ahead.peek();
    }
  }
}
