package dev.muster.planner.shell;

import dev.muster.planner.plan.PlanState;

/**
 * What one batch did to one job.
 *
 * @param before as it was stored
 * @param after as it is to be stored
 */
record PlanChange(PlanRepository.Stored before, PlanState after) {}
