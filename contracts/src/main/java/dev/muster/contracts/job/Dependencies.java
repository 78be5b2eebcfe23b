package dev.muster.contracts.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.muster.contracts.id.JobId;
import java.util.List;
import java.util.Locale;

/**
 * The jobs that a job waits for (S2-49), its parents. Each existed before it, or stands before it
 * in the same batch, so that no circle is possible.
 *
 * @param jobs at least one, each once; at most 200
 * @param policy which ends of a parent let the job go on
 */
public record Dependencies(List<JobId> jobs, Policy policy) {
  /** Which ends of a parent let a job go on (D-09); every other end fails the job. */
  public enum Policy {
    /** Only {@code COMPLETED}. */
    @JsonProperty("completed")
    COMPLETED,
    /** {@code PARTIAL} as well. */
    @JsonProperty("allow_partial")
    ALLOW_PARTIAL;

    /** The word used in JSON. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Dependencies {
    jobs = List.copyOf(jobs);
    if (jobs.isEmpty()) {
      throw new IllegalArgumentException("Expected a job to wait for, but there is none");
    }
  }

  /** Whether a parent that ended so lets the job go on. */
  public boolean metBy(JobState end) {
    return end == JobState.COMPLETED || (end == JobState.PARTIAL && policy == Policy.ALLOW_PARTIAL);
  }
}
