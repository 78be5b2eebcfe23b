package dev.muster.dispatcher.pool;

import dev.muster.contracts.id.JobId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A gang that holds leases, or held them. */
final class GangEntry {
  final JobId job;

  /** Index of its first member. */
  final int first;

  /** Where each member can be reached, by rank. */
  final List<String> members;

  /** Since when its members are told to stop; null while they are not. */
  @Nullable Instant endingSince;

  GangEntry(JobId job, int first, List<String> members) {
    this.job = job;
    this.first = first;
    this.members = List.copyOf(members);
  }
}
