package dev.muster.contracts.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * To which stage of its job a range of tasks belongs. A stage is planned after every task of the
 * one before has ended.
 *
 * @param number the stage, from 0
 * @param run what attempts have in common from this stage on; null where nothing changes
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PlannedStage(int number, @Nullable RunSpec run) {}
