package dev.muster.planner.shell;

import dev.muster.planner.plan.PlanState;

/**
 * What one batch did to one job.
 *
 * @param before as it was stored
 * @param after as it is to be stored
 * @param sending which sending of its submission it is of, from 0
 */
record PlanChange(PlanRepository.Stored before, PlanState after, int sending) {}
