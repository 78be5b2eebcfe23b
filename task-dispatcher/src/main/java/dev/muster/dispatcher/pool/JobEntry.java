package dev.muster.dispatcher.pool;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.task.Gang;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.contracts.task.RunSpec;
import dev.muster.dispatcher.queue.QueuedJob;
import dev.muster.dispatcher.task.Tally;
import dev.muster.dispatcher.task.TaskState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A job with its tasks. A task that was never leased is only a number in an open range; one that is
 * done is only a bit, and its tally where that is not the usual one.
 */
final class JobEntry {
  private static final Tally FIRST_TRY = new Tally(1, 1, 0, 0, 0, false);

  final JobId id;

  /** First index and size of every range that was planned. */
  final TreeMap<Integer, Integer> ranges = new TreeMap<>();

  /** Tasks with a history that are not done. */
  final Map<Integer, TaskState> active = new HashMap<>();

  /** Gangs by their first index, as they were leased last. */
  final Map<Integer, GangEntry> gangs = new HashMap<>();

  private final TreeMap<Integer, Integer> open = new TreeMap<>();
  private final TreeSet<Integer> ready = new TreeSet<>();

  /** First indexes of gangs with a history whose members all wait. */
  private final TreeSet<Integer> readyGangs = new TreeSet<>();

  private final BitSet done = new BitSet();
  private final Map<Integer, Tally> unusual = new HashMap<>();
  private int openCount;

  PlanEvent.@Nullable JobPlanned plan;
  @Nullable String traceparent;
  JobPhase phase = JobPhase.OPEN;
  Instant since;

  /** Attempts that hold a lease. */
  int live;

  /** Moving average of how long attempts run, in milliseconds; negative while unknown. */
  double runMillis = -1;

  JobEntry(JobId id, Instant since) {
    this.id = id;
    this.since = since;
  }

  void planned(PlanEvent.JobPlanned said, @Nullable String trace) {
    plan = said;
    traceparent = trace;
    for (IndexRanges.Range range : said.carried().ranges()) {
      done.set(range.first(), range.last() + 1);
    }
  }

  /** What attempts have in common from here on; none lives. */
  void rerun(RunSpec run) {
    PlanEvent.JobPlanned said = plan();
    plan =
        new PlanEvent.JobPlanned(
            said.job(),
            said.tenant(),
            said.pool(),
            said.priority(),
            said.taskCount(),
            said.carried(),
            run,
            said.deadlineSeconds());
    runMillis = -1;
  }

  /** Whether none of these tasks was planned before. */
  boolean isNew(int first, int count) {
    Map.Entry<Integer, Integer> before = ranges.lowerEntry(first + count);
    return before == null || before.getKey() + before.getValue() <= first;
  }

  /**
   * Adds a range whose tasks from {@code next} on were never leased.
   *
   * @param next first + count when all were
   */
  void range(int first, int count, int next) {
    ranges.put(first, count);
    if (next < first + count) {
      open(next, first + count);
      openCount += first + count - next;
    }
  }

  /** Neighbours become one, since a gang may lie in several planned ranges. */
  private void open(int from, int end) {
    Map.Entry<Integer, Integer> before = open.lowerEntry(from);
    int start = before != null && before.getValue() == from ? before.getKey() : from;
    Integer after = open.remove(end);
    open.put(start, after == null ? end : after);
  }

  /** First index of the range in which a task was planned. */
  int rangeOf(int index) {
    Integer first = ranges.floorKey(index);
    if (first == null) {
      throw new IllegalStateException("Expected task " + id + "/" + index + " in a range, but not");
    }
    return first;
  }

  TaskState state(int index) {
    TaskState state = active.get(index);
    if (state != null) {
      return state;
    }
    return done.get(index)
        ? new TaskState.Succeeded(unusual.getOrDefault(index, FIRST_TRY))
        : new TaskState.Ready(Tally.NONE);
  }

  void ready(int index) {
    ready.add(index);
    Gang gang = gang();
    if (gang != null) {
      int start = gang.start(index);
      if (ready.subSet(start, start + gang.size()).size() == gang.size()) {
        readyGangs.add(start);
      }
    }
  }

  /** Which tasks run together, or null when each runs for itself or no plan is known. */
  @Nullable Gang gang() {
    return plan == null ? null : plan.run().gang();
  }

  /** Whether something can be leased: a task, or a gang all of whose members wait. */
  boolean hasTurn() {
    Gang gang = gang();
    return gang == null ? waiting() > 0 : nextGang(gang) >= 0;
  }

  /**
   * First index of the next gang whose members all wait, those with a history first; negative when
   * there is none. Within an open range gangs go in order, so that what was never leased is always
   * a range's end.
   */
  int nextGang(Gang gang) {
    if (!readyGangs.isEmpty()) {
      return readyGangs.first();
    }
    for (Map.Entry<Integer, Integer> range : open.entrySet()) {
      int from = range.getKey();
      if (gang.rank(from) == 0 && from + gang.size() <= range.getValue()) {
        return from;
      }
    }
    return -1;
  }

  /** Takes a gang that {@link #nextGang} found. */
  void takeGang(Gang gang, int first) {
    int end = first + gang.size();
    if (readyGangs.remove(first)) {
      ready.subSet(first, end).clear();
      return;
    }
    Integer rangeEnd = open.remove(first);
    if (rangeEnd == null) {
      throw new IllegalStateException("Expected a waiting gang of " + id + " at " + first);
    }
    if (end < rangeEnd) {
      open.put(end, rangeEnd);
    }
    openCount -= gang.size();
  }

  void done(int index, Tally tally) {
    active.remove(index);
    done.set(index);
    if (!tally.equals(FIRST_TRY)) {
      unusual.put(index, tally);
    }
  }

  int waiting() {
    return ready.size() + openCount;
  }

  /** Takes the next task: those with a history first, so that jobs finish. */
  int take() {
    Integer index = ready.pollFirst();
    if (index != null) {
      return index;
    }
    Map.Entry<Integer, Integer> range = open.pollFirstEntry();
    if (range == null) {
      throw new IllegalStateException("Expected a waiting task of " + id + ", but there is none");
    }
    if (range.getKey() + 1 < range.getValue()) {
      open.put(range.getKey() + 1, range.getValue());
    }
    openCount--;
    return range.getKey();
  }

  /** Forgets everything that waits, and what is done stays done. */
  void dropWaiting() {
    open.clear();
    openCount = 0;
    ready.clear();
    readyGangs.clear();
    active.values().removeIf(state -> state.live() == null);
  }

  QueuedJob queued() {
    PlanEvent.JobPlanned said = plan();
    Gang gang = said.run().gang();
    return new QueuedJob(
        id,
        said.priority(),
        said.tenant(),
        said.run().requirements(),
        gang == null ? 1 : gang.size(),
        said.deadlineSeconds());
  }

  PlanEvent.JobPlanned plan() {
    PlanEvent.JobPlanned said = plan;
    if (said == null) {
      throw new IllegalStateException("Expected a plan of " + id + ", but there is none yet");
    }
    return said;
  }

  Effects.JobRow row(String pool) {
    return new Effects.JobRow(pool, plan(), traceparent, phase);
  }

  Mail.JobShare share() {
    return new Mail.JobShare(id, plan().run(), traceparent);
  }

  void ran(long millis) {
    runMillis = runMillis < 0 ? millis : runMillis * 0.8 + millis * 0.2;
  }

  /**
   * The tasks that are neither done nor carried.
   *
   * @param rangesMax most ranges of one set
   */
  List<IndexRanges> unfinished(int rangesMax) {
    List<IndexRanges> sets = new ArrayList<>();
    List<IndexRanges.Range> set = new ArrayList<>();
    int count = plan().taskCount();
    int first = done.nextClearBit(0);
    while (first < count) {
      int end = done.nextSetBit(first);
      int last = end < 0 || end > count ? count - 1 : end - 1;
      set.add(new IndexRanges.Range(first, last));
      if (set.size() == rangesMax) {
        sets.add(new IndexRanges(set));
        set = new ArrayList<>();
      }
      first = done.nextClearBit(last + 1);
    }
    if (!set.isEmpty()) {
      sets.add(new IndexRanges(set));
    }
    return sets;
  }
}
