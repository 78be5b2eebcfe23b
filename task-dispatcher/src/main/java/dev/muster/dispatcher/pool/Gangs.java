package dev.muster.dispatcher.pool;

import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.Gang;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.contracts.worker.MailEvent;
import dev.muster.dispatcher.gang.GangDecider;
import dev.muster.dispatcher.gang.GangVerdict;
import dev.muster.dispatcher.task.TaskCommand;
import dev.muster.dispatcher.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the members of gangs together: translates what is asked of one member into what its gang
 * makes of it, and carries out on the others what follows.
 */
final class Gangs {
  /** torchrun's own default port; further gangs of an address get the next ones. */
  private static final int PORT_MIN = 29_500;

  private final Ledger ledger;
  private final Set<GangEntry> living = new LinkedHashSet<>();

  /** Whether the members are being changed one after the other, so that none may be looked at. */
  private boolean changing;

  Gangs(Ledger ledger) {
    this.ledger = ledger;
  }

  /** What a command to a task means when the task is the member of a gang. */
  TaskCommand asMember(
      JobEntry job, int index, TaskState before, TaskCommand command, Instant now) {
    if (job.gang() == null || !(before instanceof TaskState.Live live)) {
      return command;
    }
    if (command instanceof TaskCommand.Finish finish
        && finish.end().status() == AttemptEnd.Status.SUCCEEDED
        && !(live.revoked() && job.phase == JobPhase.OPEN)) {
      return job.phase == JobPhase.OPEN
          ? new TaskCommand.Arrive(finish.epoch(), finish.end())
          : tooLate(finish);
    }
    return live.revoked() && job.phase == JobPhase.OPEN
        ? withdrawal(job, index, live, command, now)
        : command;
  }

  /** The job is cancelled, and a gang succeeds as a whole or not at all. */
  private static TaskCommand tooLate(TaskCommand.Finish finish) {
    AttemptEnd end = finish.end();
    return new TaskCommand.Finish(
        finish.epoch(),
        new AttemptEnd(
            AttemptEnd.Status.CANCELLED,
            null,
            end.exitCode(),
            end.signal(),
            null,
            null,
            end.outputTail(),
            end.outputBytes(),
            end.runMillis()),
        finish.policy(),
        finish.jitter());
  }

  private TaskCommand withdrawal(
      JobEntry job, int index, TaskState.Live live, TaskCommand command, Instant now) {
    return switch (command) {
      case TaskCommand.Finish c ->
          new TaskCommand.Withdraw(c.epoch(), share(job, index, c.end(), now), false);
      case TaskCommand.Return c ->
          new TaskCommand.Withdraw(c.epoch(), share(job, index, null, now), false);
      case TaskCommand.Lose c ->
          new TaskCommand.Withdraw(c.epoch(), share(job, index, null, now), true);
      case TaskCommand.TimeOut c ->
          new TaskCommand.Withdraw(c.epoch(), share(job, index, null, now), true);
      case TaskCommand.ForceCancel c ->
          new TaskCommand.Withdraw(live.tally().epoch(), share(job, index, null, now), true);
      case TaskCommand.Lease c -> command;
      case TaskCommand.Start c -> command;
      case TaskCommand.Arrive c -> command;
      case TaskCommand.Withdraw c -> command;
      case TaskCommand.GiveUp c -> command;
      case TaskCommand.Conclude c -> command;
      case TaskCommand.Wake c -> command;
      case TaskCommand.Cancel c -> command;
    };
  }

  /** What a member shares with the others: when they are tried again, or that they fail. */
  private TaskCommand.GangShare share(
      JobEntry job, int index, @Nullable AttemptEnd reported, Instant now) {
    boolean failed = false;
    Instant at = now;
    int losses = 0;
    int failures = 0;
    for (int other : members(job, index)) {
      TaskState state = job.state(other);
      losses = Math.max(losses, state.tally().losses());
      failures = Math.max(failures, state.tally().failures());
      failed |= state.isTerminal();
      if (state instanceof TaskState.RetryWait wait && wait.availableAt().isAfter(at)) {
        at = wait.availableAt();
      }
    }
    return new TaskCommand.GangShare(ended(reported, failed), failed ? null : at, losses, failures);
  }

  private static AttemptEnd ended(@Nullable AttemptEnd reported, boolean failed) {
    ErrorCode code = failed ? ErrorCode.GANG_FAILED : null;
    String why =
        failed
            ? "The attempt was ended because another member of its gang failed."
            : "The attempt was ended because another member of its gang ended early;"
                + " the gang is tried again.";
    AttemptEnd.Status status = AttemptEnd.Status.CANCELLED;
    return reported == null
        ? new AttemptEnd(status, null, null, null, code, why, null, 0, 0)
        : new AttemptEnd(
            status,
            null,
            reported.exitCode(),
            reported.signal(),
            code,
            why,
            reported.outputTail(),
            reported.outputBytes(),
            reported.runMillis());
  }

  private static List<Integer> members(JobEntry job, int index) {
    Gang gang = job.gang();
    if (gang == null) {
      throw new IllegalStateException("Expected a gang of " + job.id + ", but it has none");
    }
    List<Integer> members = new ArrayList<>(gang.size());
    for (int i = 0; i < gang.size(); i++) {
      members.add(gang.start(index) + i);
    }
    return members;
  }

  /**
   * Carries out what follows for the other members.
   *
   * @param index the member that changed
   * @param before its state before
   */
  void follow(JobEntry job, int index, TaskState before, Instant now, Effects out) {
    if (!changing && job.gang() != null && job.phase == JobPhase.OPEN) {
      together(() -> settle(job, index, before instanceof TaskState.Leased, now, out));
    }
  }

  /** Changes several members; their gang is not looked at before all are changed. */
  void together(Runnable change) {
    changing = true;
    try {
      change.run();
    } finally {
      changing = false;
    }
  }

  private void settle(JobEntry job, int index, boolean mayTellStart, Instant now, Effects out) {
    List<Integer> members = members(job, index);
    switch (GangDecider.decide(members.stream().map(job::state).toList())) {
      case GangVerdict.Stay v -> {}
      case GangVerdict.Running v -> {
        if (mayTellStart) {
          members.forEach(member -> tellStart(job, member, out));
        }
      }
      case GangVerdict.Conclude v ->
          members.forEach(member -> ledger.act(job, member, new TaskCommand.Conclude(), now, out));
      case GangVerdict.Repeat v -> stop(job, members, false, now, out);
      case GangVerdict.Fail v -> stop(job, members, true, now, out);
    }
  }

  private static void tellStart(JobEntry job, int member, Effects out) {
    var tally = job.state(member).tally();
    out.event(
        job.id, job.traceparent, new TaskEvent.TaskStarted(member, tally.attempt(), tally.epoch()));
  }

  private void stop(
      JobEntry job, List<Integer> members, boolean failing, Instant now, Effects out) {
    GangEntry entry = job.gangs.get(members.getFirst());
    if (entry != null && entry.endingSince == null) {
      entry.endingSince = now;
    }
    for (int member : members) {
      TaskState state = job.state(member);
      if (state instanceof TaskState.Live live) {
        if (!live.revoked()) {
          ledger.act(job, member, new TaskCommand.Cancel(), now, out);
        }
      } else if (state instanceof TaskState.GangWait || (failing && !state.isTerminal())) {
        ledger.act(job, member, new TaskCommand.GiveUp(share(job, member, null, now)), now, out);
      }
    }
  }

  /** Ends members that were told to stop and do not answer. */
  void reap(JobEntry job, Duration patience, Instant now, Effects out) {
    for (GangEntry entry : List.copyOf(job.gangs.values())) {
      Instant since = entry.endingSince;
      if (since == null || !since.plus(patience).isBefore(now)) {
        continue;
      }
      for (int member : members(job, entry.first)) {
        TaskState.Live live = job.state(member).live();
        if (live != null) {
          ledger.revoke(job, member, live, MailEvent.Reason.STALE, out);
          ledger.act(job, member, new TaskCommand.ForceCancel(), now, out);
        }
      }
    }
  }

  /** Begins a gang on these workers, by rank; the leases follow. */
  void begin(JobEntry job, int first, List<WorkerEntry> workers, Effects out) {
    List<String> members = addresses(workers);
    add(job, new GangEntry(job.id, first, members));
    out.gang(new Effects.GangRow(job.id, first, members));
  }

  private void add(JobEntry job, GangEntry entry) {
    GangEntry last = job.gangs.put(entry.first, entry);
    if (last != null) {
      living.remove(last);
    }
    living.add(entry);
  }

  /** Takes over a gang as it was committed; {@link #resume} follows. */
  void restore(JobEntry job, int first, List<String> members) {
    add(job, new GangEntry(job.id, first, members));
  }

  /** Goes on with the gangs of a job whose tasks were restored. */
  void resume(JobEntry job, Instant now, Effects out) {
    Gang gang = job.gang();
    if (gang == null || job.phase != JobPhase.OPEN) {
      return;
    }
    Set<Integer> starts = new LinkedHashSet<>();
    job.active.keySet().stream().sorted().forEach(index -> starts.add(gang.start(index)));
    for (int start : starts) {
      together(() -> settle(job, start, false, now, out));
    }
  }

  private List<String> addresses(List<WorkerEntry> workers) {
    living.removeIf(entry -> !holdsLeases(entry));
    Set<String> used = new HashSet<>();
    living.forEach(entry -> used.addAll(entry.members));
    List<String> addresses = new ArrayList<>(workers.size());
    for (WorkerEntry worker : workers) {
      String said = worker.state.address();
      String host = said == null ? worker.state.id().value() : said;
      String prefix = host.contains(":") ? "[" + host + "]:" : host + ":";
      int port = PORT_MIN;
      while (!used.add(prefix + port)) {
        port++;
      }
      addresses.add(prefix + port);
    }
    return addresses;
  }

  private boolean holdsLeases(GangEntry entry) {
    JobEntry job = ledger.jobs.get(entry.job);
    if (job == null || job.gangs.get(entry.first) != entry) {
      return false;
    }
    for (int i = 0; i < entry.members.size(); i++) {
      if (job.state(entry.first + i).live() != null) {
        return true;
      }
    }
    return false;
  }
}
