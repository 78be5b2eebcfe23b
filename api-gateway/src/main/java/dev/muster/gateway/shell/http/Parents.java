package dev.muster.gateway.shell.http;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.Dependencies;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
import dev.muster.gateway.shell.store.ParentRows;
import dev.muster.gateway.submission.FieldError;
import dev.muster.gateway.submission.Parsed;
import dev.muster.gateway.submission.Siblings;
import dev.muster.kit.Database;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks up the jobs that a submission depends on. One that depends on none costs nothing here. */
@Singleton
public class Parents {
  private final Database database;

  Parents(Database database) {
    this.database = database;
  }

  /** The same, or refused when it depends on a job that the tenant does not have. */
  Parsed check(Parsed parsed, Siblings siblings) {
    return switch (parsed) {
      case Parsed.Refused refused -> refused;
      case Parsed.Accepted accepted -> {
        List<FieldError> errors = unknown(accepted.submission().spec(), siblings);
        yield errors.isEmpty() ? accepted : new Parsed.Refused("validation", errors);
      }
    };
  }

  private List<FieldError> unknown(JobSpec spec, Siblings siblings) {
    Dependencies dependencies = spec.dependsOn();
    if (dependencies == null) {
      return List.of();
    }
    List<JobId> asked =
        dependencies.jobs().stream().filter(parent -> !siblings.contains(parent)).toList();
    Set<JobId> known =
        asked.isEmpty()
            ? Set.of()
            : database.transaction(tx -> ParentRows.known(tx, spec.tenant(), asked));
    List<FieldError> errors = new ArrayList<>();
    for (int i = 0; i < dependencies.jobs().size(); i++) {
      JobId parent = dependencies.jobs().get(i);
      if (!known.contains(parent) && !siblings.contains(parent)) {
        errors.add(
            new FieldError(
                "/depends_on/" + i,
                "unknown-job",
                "Expected a job that exists, but there is none with this id"));
      }
    }
    return errors;
  }

  /**
   * The same job with its edges where they lead now: a parent that did not end as the job wants it,
   * and was retried since, is replaced by its newest retry.
   */
  JobSpec followed(JobSpec spec) {
    Dependencies dependencies = spec.dependsOn();
    if (dependencies == null) {
      return spec;
    }
    return database.transaction(tx -> {
      Map<JobId, JobState> ended = ParentRows.ended(tx, List.of(spec));
      Set<JobId> unmet =
          ended.entrySet().stream()
              .filter(end -> !dependencies.metBy(end.getValue()))
              .map(Map.Entry::getKey)
              .collect(Collectors.toSet());
      if (unmet.isEmpty()) {
        return spec;
      }
      Map<JobId, JobId> retries = ParentRows.newestRetries(tx, spec.tenant(), unmet);
      Set<JobId> parents = new LinkedHashSet<>();
      dependencies.jobs().forEach(parent -> parents.add(retries.getOrDefault(parent, parent)));
      return spec.withDependsOn(new Dependencies(List.copyOf(parents), dependencies.policy()));
    });
  }
}
