package dev.muster.dispatcher.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.dispatcher.pool.Effects;
import dev.muster.dispatcher.pool.JobPhase;
import dev.muster.dispatcher.pool.Mail;
import dev.muster.dispatcher.pool.PoolSnapshot;
import dev.muster.dispatcher.pool.TaskKey;
import dev.muster.dispatcher.task.Tally;
import dev.muster.dispatcher.task.TaskState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tables as maps: what was committed, and what was said to the outside. */
final class FakeStore {
  final Map<JobId, Effects.JobRow> jobs = new LinkedHashMap<>();
  final Map<JobId, Map<Integer, Effects.RangeRow>> ranges = new HashMap<>();
  final Map<TaskKey, TaskState> tasks = new HashMap<>();
  final Map<JobId, Map<Integer, List<String>>> gangs = new HashMap<>();
  final Map<WorkerId, Effects.WorkerRow> workers = new LinkedHashMap<>();
  final Set<JobId> tombstones = new HashSet<>();
  final List<Mail> sent = new ArrayList<>();
  final Map<JobId, List<TaskEvent>> told = new HashMap<>();
  long stale;

  void commit(Effects effects) {
    jobs.putAll(effects.jobs());
    for (Effects.RangeRow row : effects.ranges()) {
      ranges
          .computeIfAbsent(row.tasks().job(), job -> new HashMap<>())
          .putIfAbsent(row.tasks().firstIndex(), row);
    }
    for (Effects.GangRow row : effects.gangs()) {
      gangs.computeIfAbsent(row.job(), job -> new HashMap<>()).put(row.first(), row.members());
    }
    effects.tasks().forEach(this::put);
    workers.putAll(effects.workers());
    workers.keySet().removeAll(effects.forgotten().keySet());
    for (JobId job : effects.buried()) {
      jobs.remove(job);
      ranges.remove(job);
      tasks.keySet().removeIf(key -> key.job().equals(job));
      tombstones.add(job);
    }
    for (JobId job : effects.newsworthy()) {
      told.computeIfAbsent(job, j -> new ArrayList<>()).addAll(effects.news(job).events());
    }
    sent.addAll(effects.mail());
    stale += effects.counts().getOrDefault(Effects.Count.STALE_REPORT, 0);
  }

  private void put(TaskKey key, Effects.TaskRow row) {
    TaskState before = tasks.get(key);
    if (before != null) {
      assertThat(row.state().tally().epoch())
          .as("epoch of %s never falls", key)
          .isGreaterThanOrEqualTo(before.tally().epoch());
      assertThat(before.isTerminal() && !before.equals(row.state()))
          .as("terminal %s of %s stays, but %s", before, key, row.state())
          .isFalse();
    }
    tasks.put(key, row.state());
  }

  PoolSnapshot snapshot(Instant now) {
    List<PoolSnapshot.JobSnapshot> found = new ArrayList<>();
    Set<JobId> ids = new HashSet<>(jobs.keySet());
    ids.addAll(ranges.keySet());
    for (JobId job : ids) {
      found.add(snapshot(job, now));
    }
    return new PoolSnapshot(
        workers.values().stream().map(Effects.WorkerRow::state).toList(), found);
  }

  private PoolSnapshot.JobSnapshot snapshot(JobId job, Instant now) {
    Map<Integer, TaskState> active = new HashMap<>();
    Map<Integer, Tally> unusual = new HashMap<>();
    List<Integer> done = new ArrayList<>();
    tasks.forEach((key, state) -> {
      if (key.job().equals(job)) {
        switch (state) {
          case TaskState.Succeeded s -> {
            done.add(key.index());
            unusual.put(key.index(), s.tally());
          }
          case TaskState.Failed f -> {
            done.add(key.index());
            unusual.put(key.index(), f.tally());
          }
          case TaskState.Cancelled c -> {}
          case TaskState.Live live -> active.put(key.index(), unrevoked(live));
          case TaskState.Ready r -> active.put(key.index(), r);
          case TaskState.RetryWait w -> active.put(key.index(), w);
          case TaskState.GangWait w -> active.put(key.index(), w);
        }
      }
    });
    List<PoolSnapshot.RangeSnapshot> spans = new ArrayList<>();
    for (Effects.RangeRow row : ranges.getOrDefault(job, Map.of()).values()) {
      int first = row.tasks().firstIndex();
      int end = first + row.tasks().count();
      int next = first;
      for (TaskKey key : tasks.keySet()) {
        if (key.job().equals(job) && key.index() >= first && key.index() < end) {
          next = Math.max(next, key.index() + 1);
        }
      }
      spans.add(new PoolSnapshot.RangeSnapshot(first, row.tasks().count(), next));
    }
    Effects.JobRow row = jobs.get(job);
    return new PoolSnapshot.JobSnapshot(
        job,
        row == null ? null : row.plan(),
        row == null ? null : row.traceparent(),
        row == null ? JobPhase.OPEN : row.phase(),
        now,
        spans,
        active,
        IndexRanges.of(done.stream().mapToInt(i -> i)),
        unusual,
        gangs.getOrDefault(job, Map.of()));
  }

  /** The tables do not keep whether a holder was told to stop; the job's phase says it. */
  private static TaskState unrevoked(TaskState.Live live) {
    return switch (live) {
      case TaskState.Leased l ->
          new TaskState.Leased(
              l.tally(), l.worker(), l.incarnation(), l.devices(), l.leasedAt(), false);
      case TaskState.Running r ->
          new TaskState.Running(
              r.tally(),
              r.worker(),
              r.incarnation(),
              r.devices(),
              r.leasedAt(),
              r.startedAt(),
              false);
    };
  }
}
