package dev.muster.dispatcher.pool;

import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.task.Gang;
import dev.muster.contracts.worker.GpuDevice;
import dev.muster.contracts.worker.MailEvent;
import dev.muster.dispatcher.placement.Placement;
import dev.muster.dispatcher.placement.PlacementPolicy;
import dev.muster.dispatcher.placement.Room;
import dev.muster.dispatcher.queue.PoolQueue;
import dev.muster.dispatcher.queue.QueuedJob;
import dev.muster.dispatcher.task.Decision;
import dev.muster.dispatcher.task.TaskCommand;
import dev.muster.dispatcher.task.TaskState;
import dev.muster.dispatcher.worker.WorkerState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Gives waiting tasks to workers. A task that fits nowhere is passed over and smaller work goes on
 * behind it; one that has waited long gets a worker kept free for it. Short tasks without GPUs are
 * leased a little ahead, so that a worker never waits for its next one.
 */
final class Placer {
  /** Turns between tenants that wait at the same priority are this long, in tasks. */
  private static final int TURN = 8;

  private final Ledger ledger;
  private final PoolSettings settings;
  private final PlacementPolicy policy;

  Placer(Ledger ledger, PoolSettings settings, PlacementPolicy policy) {
    this.ledger = ledger;
    this.settings = settings;
    this.policy = policy;
  }

  /** Wakes the retries that are due. */
  void wake(Instant now, Effects out) {
    Ledger.Due due = ledger.retries.peek();
    while (due != null && !due.at().isAfter(now)) {
      ledger.retries.remove();
      JobEntry job = ledger.jobs.get(due.key().job());
      if (job != null && job.active.get(due.key().index()) instanceof TaskState.RetryWait) {
        ledger.act(job, due.key().index(), new TaskCommand.Wake(), now, out);
      }
      due = ledger.retries.peek();
    }
  }

  /** One pass over the queue. */
  void pass(Instant now, Effects out) {
    if (!ledger.stirred) {
      return;
    }
    ledger.stirred = false;
    PoolQueue.Pass pass = ledger.queue.pass(ledger.held);
    int budget = settings.passMax();
    Set<WorkerId> reserved = Set.of();
    boolean blocked = false;
    QueuedJob next = pass.next();
    while (next != null && budget > 0) {
      JobEntry job = ledger.jobs.get(next.job());
      if (job == null) {
        throw new IllegalStateException("Expected " + next.job() + " in the pool, but it is gone");
      }
      Gang gang = job.gang();
      int wanted = gang == null ? Math.min(budget, job.waiting()) : gang.size();
      if (gang == null && pass.contended(next)) {
        wanted = Math.min(wanted, TURN);
      }
      int given =
          gang == null
              ? give(job, wanted, reserved, !blocked, now, out)
              : giveGang(job, gang, reserved, now, out);
      budget -= given;
      pass.granted(next, given * Ledger.weight(next.request()));
      if (given < wanted) {
        pass.block(next);
        if (!blocked) {
          reserved = reserve(job, now);
        }
        blocked = true;
      }
      next = pass.next();
    }
    if (budget <= 0) {
      ledger.stirred = true;
    }
  }

  private int give(
      JobEntry job,
      int wanted,
      Set<WorkerId> reserved,
      boolean mayLeaseAhead,
      Instant now,
      Effects out) {
    ResourceRequest request = job.plan().run().requirements();
    List<Placement> places = policy.place(rooms(reserved), request, wanted);
    for (Placement place : places) {
      lease(job, job.take(), place.worker(), place.devices(), true, now, out);
    }
    int given = places.size();
    if (given < wanted && mayLeaseAhead) {
      given += giveAhead(job, wanted - given, reserved, now, out);
    }
    if (!job.hasTurn()) {
      ledger.queue.remove(job.queued());
    }
    return given;
  }

  private List<Room> rooms(Set<WorkerId> reserved) {
    List<Room> rooms = new ArrayList<>();
    for (WorkerEntry worker : ledger.workers.values()) {
      if (worker.state.phase() == WorkerState.Phase.LIVE && !reserved.contains(worker.state.id())) {
        rooms.add(worker.room);
      }
    }
    return rooms;
  }

  /** Leases a whole gang, or nothing: whoever waits for its members holds no room meanwhile. */
  private int giveGang(JobEntry job, Gang gang, Set<WorkerId> reserved, Instant now, Effects out) {
    int first = job.nextGang(gang);
    List<Placement> places = gangPlaces(job, gang, rooms(reserved));
    if (first < 0 || places.size() < gang.size()) {
      return 0;
    }
    job.takeGang(gang, first);
    ledger.gangs.begin(job, first, places.stream().map(p -> worker(p.worker())).toList(), out);
    ledger.gangs.together(() -> {
      for (int rank = 0; rank < places.size(); rank++) {
        Placement place = places.get(rank);
        lease(job, first + rank, place.worker(), place.devices(), true, now, out);
      }
    });
    if (!job.hasTurn()) {
      ledger.queue.remove(job.queued());
    }
    return places.size();
  }

  private List<Placement> gangPlaces(JobEntry job, Gang gang, List<Room> rooms) {
    ResourceRequest request = job.plan().run().requirements();
    if (!gang.apart()) {
      return policy.place(rooms, request, gang.size());
    }
    List<Placement> places = new ArrayList<>(gang.size());
    List<Room> left = new ArrayList<>(rooms);
    while (places.size() < gang.size()) {
      List<Placement> one = policy.place(left, request, 1);
      if (one.isEmpty()) {
        break;
      }
      places.addAll(one);
      left.removeIf(room -> room.worker().equals(one.getFirst().worker()));
    }
    return places;
  }

  private WorkerEntry worker(WorkerId id) {
    WorkerEntry worker = ledger.workers.get(id);
    if (worker == null) {
      throw new IllegalStateException("Expected a placement on a worker, but it is gone");
    }
    return worker;
  }

  private void lease(
      JobEntry job,
      int index,
      WorkerId workerId,
      List<GpuDevice> devices,
      boolean charged,
      Instant now,
      Effects out) {
    WorkerEntry worker = worker(workerId);
    ResourceRequest request = job.plan().run().requirements();
    ledger.hold(job, worker, new Hold(new TaskKey(job.id, index), request, devices, now, charged));
    List<String> uuids = devices.stream().map(GpuDevice::uuid).toList();
    TaskCommand lease = new TaskCommand.Lease(workerId, worker.state.incarnation(), uuids);
    if (ledger.act(job, index, lease, now, out) instanceof Decision.Rejected rejected) {
      throw new IllegalStateException(rejected.reason().sentence());
    }
  }

  /** Leases beyond the room there is, evenly, only work that is known to be short. */
  private int giveAhead(
      JobEntry job, int wanted, Set<WorkerId> reserved, Instant now, Effects out) {
    ResourceRequest request = job.plan().run().requirements();
    if (request.gpus() > 0 || job.runMillis < 0 || wanted == 0) {
      return 0;
    }
    List<WorkerEntry> workers = new ArrayList<>();
    for (WorkerEntry worker : ledger.workers.values()) {
      if (worker.state.phase() == WorkerState.Phase.LIVE
          && !reserved.contains(worker.state.id())
          && aheadRoom(worker, job) > 0) {
        workers.add(worker);
      }
    }
    workers.sort(
        Comparator.comparingInt(WorkerEntry::aheadCount)
            .thenComparing((WorkerEntry worker) -> worker.state.id()));
    int given = 0;
    for (int i = 0; i < workers.size() && given < wanted; i++) {
      WorkerEntry worker = workers.get(i);
      int share = Math.ceilDiv(wanted - given, workers.size() - i);
      int count = Math.min(share, aheadRoom(worker, job));
      for (int n = 0; n < count; n++) {
        lease(job, job.take(), worker.state.id(), List.of(), false, now, out);
      }
      given += count;
    }
    return given;
  }

  /** How many more attempts of the job the worker finishes within the window. */
  private int aheadRoom(WorkerEntry worker, JobEntry job) {
    int sideBySide =
        Room.empty(worker.state.id(), worker.state.capacity())
            .times(job.plan().run().requirements());
    double perAttempt = Math.max(job.runMillis, 0.1);
    double finished = sideBySide * settings.aheadWindow().toMillis() / perAttempt;
    if (job.runMillis > settings.aheadWindow().toMillis()) {
      return 0;
    }
    return (int) Math.min(settings.aheadMax(), finished) - worker.aheadCount();
  }

  /**
   * The workers that are kept free for a job that has waited long: of those that could hold an
   * attempt if they were empty, the ones with the fewest leases, as many as the job needs at once.
   * None when all of them would not do.
   */
  private Set<WorkerId> reserve(JobEntry job, Instant now) {
    if (job.since.plus(settings.reserveAfter()).isAfter(now) || job.live > 0) {
      return Set.of();
    }
    ResourceRequest request = job.plan().run().requirements();
    Gang gang = job.gang();
    int missing = gang == null ? 1 : gang.size();
    List<WorkerEntry> fewestFirst = new ArrayList<>(ledger.workers.values());
    fewestFirst.sort(
        Comparator.comparingInt((WorkerEntry worker) -> worker.holds.size())
            .thenComparing((WorkerEntry worker) -> worker.state.id()));
    Set<WorkerId> reserved = new HashSet<>();
    for (WorkerEntry worker : fewestFirst) {
      int times = Room.empty(worker.state.id(), worker.state.capacity()).times(request);
      if (worker.state.phase() == WorkerState.Phase.LIVE && times > 0) {
        reserved.add(worker.state.id());
        missing -= gang != null && gang.apart() ? 1 : times;
        if (missing <= 0) {
          return reserved;
        }
      }
    }
    return Set.of();
  }

  /** Asks for leases ahead back when another worker has room for them and nothing else to do. */
  void takeBack(Instant now, Effects out) {
    if (!ledger.queue.isEmpty()) {
      return;
    }
    Duration patience = settings.aheadWindow().multipliedBy(3);
    for (WorkerEntry worker : ledger.workers.values()) {
      if (worker.aheadCount() == 0) {
        continue;
      }
      for (Hold hold : worker.holds.values()) {
        if (!hold.charged
            && !hold.wantedBack
            && hold.grantedAt.plus(patience).isBefore(now)
            && roomElsewhere(worker, hold.request)) {
          askBack(hold, out);
        }
      }
    }
  }

  private boolean roomElsewhere(WorkerEntry worker, ResourceRequest request) {
    return ledger.workers.values().stream()
        .anyMatch(other ->
            other != worker
                && other.state.phase() == WorkerState.Phase.LIVE
                && other.room.fits(request));
  }

  private void askBack(Hold hold, Effects out) {
    JobEntry job = ledger.jobs.get(hold.key.job());
    TaskState.Live live = job == null ? null : job.state(hold.key.index()).live();
    if (job != null && live instanceof TaskState.Leased && !live.revoked()) {
      hold.wantedBack = true;
      ledger.revoke(job, hold.key.index(), live, MailEvent.Reason.UNSTARTED_WANTED, out);
    }
  }

  /** Whether leases ahead exist, so that {@link #takeBack} is worth a look. */
  boolean leasedAhead() {
    for (WorkerEntry worker : ledger.workers.values()) {
      if (worker.aheadCount() > 0) {
        return true;
      }
    }
    return false;
  }
}
