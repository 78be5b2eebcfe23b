package dev.muster.gateway.shell.stream;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.shell.store.EventLogRepository.Selection;
import dev.muster.gateway.shell.store.Owner;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs of a tenant a stream tells; what is null is not asked for.
 *
 * @param tenant the tenant
 * @param jobs these jobs
 * @param project jobs of this project
 * @param tag jobs with this tag
 * @param tasks whether changes of tasks are told
 * @param output whether output and progress are told
 */
record FeedFilter(
    String tenant,
    @Nullable Set<JobId> jobs,
    @Nullable String project,
    @Nullable String tag,
    boolean tasks,
    boolean output) {

  boolean takes(String job, Owner owner) {
    return owner.tenant().equals(tenant)
        && (jobs == null || jobs.contains(new JobId(job)))
        && (project == null || project.equals(owner.project()))
        && (tag == null || owner.tags().contains(tag));
  }

  boolean takes(Entry.Telemetry telemetry) {
    Owner owner = telemetry.owner();
    return (telemetry.chatty() ? output : tasks) && owner != null && takes(telemetry.job(), owner);
  }

  /** What to read of the database. */
  Selection selection() {
    return jobs == null
        ? Selection.all(tenant)
        : Selection.some(tenant, jobs.stream().map(JobId::value).collect(Collectors.toSet()));
  }
}
