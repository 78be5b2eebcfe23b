package dev.muster.planner.shell;

import dev.muster.planner.plan.ItemChunk;
import dev.muster.planner.plan.PlanState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one batch did to one job.
 *
 * @param before as it was stored
 * @param after as it is to be stored
 * @param sending which sending of its submission it is of, from 0
 * @param parked parts of its listed items that were put aside on the way
 * @param traceparent W3C trace context of what was read last about it
 */
record PlanChange(
    PlanRepository.Stored before,
    PlanState after,
    int sending,
    List<ItemChunk> parked,
    @Nullable String traceparent) {
  /** Nothing was done yet. */
  static PlanChange none(PlanRepository.Stored before) {
    return new PlanChange(before, before.state(), before.sending(), List.of(), null);
  }
}
