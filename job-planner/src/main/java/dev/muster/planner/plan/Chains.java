package dev.muster.planner.plan;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.Dependencies;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
import dev.muster.planner.plan.Decision.Accepted;
import dev.muster.planner.plan.Decision.Rejected;
import dev.muster.planner.plan.Decision.Rejection;
import dev.muster.planner.plan.PlanState.Waiting;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * When a job that waits for others goes on, and when it never will (D-09). The first parent that
 * did not end as it should is enough for the latter: the others need not be awaited.
 */
final class Chains {
  private Chains() {}

  /** What keeps a new job from being planned now, if anything does. */
  static Optional<PlanFact> hold(JobSpec spec, Map<JobId, JobState> ended) {
    Dependencies dependencies = spec.dependsOn();
    if (dependencies == null) {
      return Optional.empty();
    }
    Optional<PlanFact> refused = refused(spec, dependencies.jobs(), ended);
    if (refused.isPresent()) {
      return refused;
    }
    SortedSet<JobId> open = new TreeSet<>(dependencies.jobs());
    open.removeAll(ended.keySet());
    return open.isEmpty() ? Optional.empty() : Optional.of(new PlanFact.JobHeld(spec, open));
  }

  /** What the ends of some jobs mean to one that waits. */
  static Decision endParents(Waiting waiting, Map<JobId, JobState> ended) {
    SortedSet<JobId> known = new TreeSet<>(waiting.open());
    known.retainAll(ended.keySet());
    if (known.isEmpty()) {
      return new Rejected(Rejection.PARENTS_KNOWN);
    }
    Optional<PlanFact> refused = refused(waiting.spec(), known, ended);
    if (refused.isPresent()) {
      return new Accepted(List.of(refused.get()));
    }
    return known.size() < waiting.open().size()
        ? new Accepted(List.of(new PlanFact.ParentsMet(known)))
        : new Accepted(PlanDecider.accept(waiting.spec(), List.of()));
  }

  /** The same job without parents that have ended; others are left. */
  static Waiting without(Waiting waiting, SortedSet<JobId> met) {
    SortedSet<JobId> open = new TreeSet<>(waiting.open());
    open.removeAll(met);
    return new Waiting(waiting.spec(), open, waiting.parked());
  }

  private static Optional<PlanFact> refused(
      JobSpec spec, Iterable<JobId> parents, Map<JobId, JobState> ended) {
    Dependencies dependencies = Objects.requireNonNull(spec.dependsOn());
    for (JobId parent : parents) {
      JobState end = ended.get(parent);
      if (end != null && !dependencies.metBy(end)) {
        return Optional.of(
            new PlanFact.PlanRefused(
                spec, ErrorCode.DEPENDENCY_FAILED, detail(parent, end, dependencies.policy())));
      }
    }
    return Optional.empty();
  }

  private static String detail(JobId parent, JobState end, Dependencies.Policy policy) {
    String wanted =
        switch (policy) {
          case COMPLETED -> "to complete";
          case ALLOW_PARTIAL -> "to complete, at least in part";
        };
    return "Expected %s, which the job depends on, %s, but it ended as %s."
        .formatted(parent.external(), wanted, end);
  }
}
