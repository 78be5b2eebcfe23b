package dev.muster.dispatcher.pool;

import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.task.Gang;
import dev.muster.dispatcher.placement.Room;
import dev.muster.dispatcher.queue.QueuedJob;
import dev.muster.dispatcher.task.TaskState;
import dev.muster.dispatcher.worker.WorkerState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Says why the tasks of a pool wait, from what the pool remembers; decides nothing. */
final class Explainer {
  private static final double MIB_OF_A_GIB = 1024;

  private final Ledger ledger;
  private final Instant now;
  private final List<WorkerEntry> live = new ArrayList<>();
  private final Map<ResourceRequest, Chance> chances = new HashMap<>();

  /** How many workers could run an attempt: when they are empty, and right now. */
  private record Chance(int everEnough, int enoughNow, long everPlaces, long placesNow) {
    /** Members of a gang that find a place in the empty pool. */
    long ever(Gang gang) {
      return gang.apart() ? everEnough : everPlaces;
    }

    /** Members of a gang that find a place right now. */
    long now(Gang gang) {
      return gang.apart() ? enoughNow : placesNow;
    }
  }

  Explainer(Ledger ledger, Instant now) {
    this.ledger = ledger;
    this.now = now;
    for (WorkerEntry worker : ledger.workers.values()) {
      if (worker.state.phase() == WorkerState.Phase.LIVE) {
        live.add(worker);
      }
    }
  }

  /**
   * The jobs that wait, those of higher priority first, then those that are due first.
   *
   * @param max most jobs
   */
  List<Explanation> waiting(int max) {
    List<JobEntry> jobs = new ArrayList<>();
    for (JobEntry job : ledger.jobs.values()) {
      if (job.plan != null && job.phase == JobPhase.OPEN && (job.waiting() > 0 || retries(job))) {
        jobs.add(job);
      }
    }
    jobs.sort(
        Comparator.comparingInt((JobEntry job) -> -job.plan().priority())
            .thenComparing(JobEntry::queued, QueuedJob.BY_DUE));
    List<Explanation> explanations = new ArrayList<>();
    for (int i = 0; i < Math.min(max, jobs.size()); i++) {
      explanations.add(explain(jobs.get(i), i));
    }
    return explanations;
  }

  /** Whether all that is left of the job waits for its next attempt. */
  private static boolean retries(JobEntry job) {
    return job.live == 0 && !job.active.isEmpty();
  }

  private Explanation explain(JobEntry job, int ahead) {
    if (job.waiting() == 0) {
      return explanation(job, ahead, Explanation.Reason.RETRY, retrySentence(job));
    }
    ResourceRequest request = job.plan().run().requirements();
    Chance chance = chances.computeIfAbsent(request, this::chance);
    if (live.isEmpty()) {
      return explanation(
          job,
          ahead,
          Explanation.Reason.NO_WORKER,
          "Expected a worker that takes work, but the pool has none");
    }
    if (chance.everEnough() == 0) {
      return explanation(
          job,
          ahead,
          Explanation.Reason.TOO_LARGE,
          "Expected a worker with "
              + words(request)
              + ", but none of "
              + live.size()
              + " is so large");
    }
    Gang gang = job.gang();
    if (gang != null && chance.ever(gang) < gang.size()) {
      return explanation(
          job,
          ahead,
          Explanation.Reason.TOO_LARGE,
          "Expected a pool with room for "
              + gang.size()
              + " members at once, but even when it is empty it has room for "
              + chance.ever(gang));
    }
    if (chance.enoughNow() == 0) {
      return explanation(
          job,
          ahead,
          Explanation.Reason.BUSY,
          "Expected room for an attempt, but all "
              + chance.everEnough()
              + " workers that are large enough are busy");
    }
    if (gang != null && chance.now(gang) < gang.size()) {
      return explanation(
          job,
          ahead,
          Explanation.Reason.GANG,
          "Expected room for all "
              + gang.size()
              + " members of a gang at once, but now there is room for "
              + chance.now(gang));
    }
    return explanation(
        job, ahead, Explanation.Reason.NEXT, "A worker has room; the job is served at its turn");
  }

  private Explanation explanation(
      JobEntry job, int ahead, Explanation.Reason reason, String detail) {
    return new Explanation(job.id, ledger.pool, reason, detail, ahead, job.waiting(), job.live);
  }

  private Chance chance(ResourceRequest request) {
    int ever = 0;
    int present = 0;
    long everPlaces = 0;
    long places = 0;
    for (WorkerEntry worker : live) {
      int empty = Room.empty(worker.state.id(), worker.state.capacity()).times(request);
      if (empty > 0) {
        ever++;
        everPlaces += empty;
        int now = worker.room.times(request);
        present += now > 0 ? 1 : 0;
        places += now;
      }
    }
    return new Chance(ever, present, everPlaces, places);
  }

  private String retrySentence(JobEntry job) {
    Instant first = null;
    int count = 0;
    for (TaskState state : job.active.values()) {
      if (state instanceof TaskState.RetryWait wait) {
        count++;
        first = first == null || wait.availableAt().isBefore(first) ? wait.availableAt() : first;
      }
    }
    long seconds = first == null ? 0 : Math.max(0, Duration.between(now, first).toSeconds());
    return count
        + (count == 1 ? " task waits" : " tasks wait")
        + " for the next attempt, the first one for another "
        + seconds
        + " s";
  }

  private static String words(ResourceRequest request) {
    List<String> words = new ArrayList<>();
    if (request.gpus() > 0) {
      words.add(
          request.gpus()
              + " GPUs"
              + (request.gpuModel() == null ? "" : " of the model asked for")
              + (request.gpuMemoryMb() == 0 ? "" : " of " + gib(request.gpuMemoryMb())));
    }
    if (request.cpus() > 0) {
      words.add(String.format(Locale.ROOT, "%.3g cores", request.cpus()));
    }
    if (request.memoryMb() > 0) {
      words.add(gib(request.memoryMb()) + " of memory");
    }
    if (request.storageMb() > 0) {
      words.add(gib(request.storageMb()) + " of disk");
    }
    return words.isEmpty() ? "a free slot" : String.join(", ", words);
  }

  private static String gib(long mib) {
    return String.format(Locale.ROOT, "%.1f GiB", mib / MIB_OF_A_GIB);
  }
}
