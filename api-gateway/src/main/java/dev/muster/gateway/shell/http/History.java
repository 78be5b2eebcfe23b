package dev.muster.gateway.shell.http;

import dev.muster.contracts.job.JobEvent;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.view.JobFacts;
import dev.muster.gateway.view.JobView;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Optional;

/** Jobs as they were, from their numbered events. */
@Singleton
public class History {
  private final JobRepository jobs;

  History(JobRepository jobs) {
    this.jobs = jobs;
  }

  /**
   * The job right after its last event at or before a time. Where old events do not tell lost
   * attempts and retries, these are left out.
   *
   * @throws ProblemException when there was no such job then
   */
  JobRepository.Found at(JobRepository.Found job, Instant at) {
    if (at.isBefore(job.stored().createdAt())) {
      throw new ProblemException(
          ProblemKind.NOT_FOUND,
          "Expected a time at or after " + job.stored().createdAt() + ", when the job began");
    }
    Optional<JobEvent> event = jobs.eventAt(job.stored().id(), at);
    if (event.isEmpty()) {
      return new JobRepository.Found(job.stored(), JobFacts.none(job.stored().spec().taskCount()));
    }
    if (event.get().seq() == job.facts().version()) {
      return job;
    }
    JobFacts then = JobView.asOf(event.get(), job.facts());
    boolean whole = event.get().status() != null || event.get().state().isTerminal();
    return new JobRepository.Found(job.stored(), whole ? then : then.withoutTally());
  }
}
