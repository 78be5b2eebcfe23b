package dev.muster.gateway.shell.store;

import dev.muster.contracts.job.JobSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose a job is, and by what streams choose it.
 *
 * @param tenant the tenant
 * @param project its project, if it has one
 * @param tags its tags
 */
public record Owner(String tenant, @Nullable String project, List<String> tags) {
  public Owner {
    tags = List.copyOf(tags);
  }

  /** The owner that a spec names. */
  public static Owner of(JobSpec spec) {
    return new Owner(spec.tenant(), spec.project(), spec.tags());
  }
}
