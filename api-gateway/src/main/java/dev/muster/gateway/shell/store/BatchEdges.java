package dev.muster.gateway.shell.store;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.Dependencies;
import dev.muster.contracts.job.JobSpec;
import dev.muster.gateway.submission.Submission;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The edges between drafts of one transaction. A draft that repeats an earlier request is the job
 * of that request, and so its children wait for that; a draft that comes to nothing takes its
 * children with it.
 */
final class BatchEdges {
  private final Map<JobId, Outcome> outcomeOf = new HashMap<>();

  /**
   * @param drafts in their order, parents before their children
   * @param outcomes what becomes of each by now; children without a parent are put in
   */
  BatchEdges(List<Draft> drafts, List<Outcome> outcomes) {
    for (int i = 0; i < drafts.size(); i++) {
      Draft draft = drafts.get(i);
      Optional<JobId> refused = refusedParent(draft);
      if (outcomes.get(i) instanceof Outcome.Committed committed
          && !committed.replayed()
          && refused.isPresent()) {
        outcomes.set(i, new Outcome.Orphaned(refused.get()));
      }
      outcomeOf.put(draft.job(), outcomes.get(i));
    }
  }

  private Optional<JobId> refusedParent(Draft draft) {
    Dependencies dependencies = draft.submission().spec().dependsOn();
    return dependencies == null
        ? Optional.empty()
        : dependencies.jobs().stream()
            .filter(parent -> outcomeOf.containsKey(parent))
            .filter(parent -> !(outcomeOf.get(parent) instanceof Outcome.Committed))
            .findFirst();
  }

  /** Whether the draft comes to nothing because of a parent. */
  boolean isOrphan(Draft draft) {
    return outcomeOf.get(draft.job()) instanceof Outcome.Orphaned;
  }

  /** The draft with edges to the jobs that its parents became. */
  Draft settled(Draft draft) {
    Submission submission = draft.submission();
    JobSpec spec = submission.spec();
    Dependencies dependencies = spec.dependsOn();
    if (dependencies == null) {
      return draft;
    }
    List<JobId> parents = new ArrayList<>();
    for (JobId parent : dependencies.jobs()) {
      JobId became =
          outcomeOf.get(parent) instanceof Outcome.Committed committed ? committed.job() : parent;
      if (!parents.contains(became)) {
        parents.add(became);
      }
    }
    return parents.equals(dependencies.jobs())
        ? draft
        : new Draft(
            draft.job(),
            new Submission(
                spec.withDependsOn(new Dependencies(parents, dependencies.policy())),
                submission.shownPayload(),
                submission.omitted(),
                submission.items()),
            draft.items(),
            draft.traceparent(),
            draft.repeat());
  }
}
