package dev.muster.contracts.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What is particular to a job that is more than one command over its items; at most one of {@code
 * sweep} and {@code benchmark} is there. Payloads of such a job are made from it by index alone.
 *
 * @param sweep the points of a {@code sweep}
 * @param benchmark the strategies of a {@code benchmark}
 * @param objective what results are ranked or compared by
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Design(
    @Nullable Sweep sweep, @Nullable Benchmark benchmark, @Nullable Objective objective) {}
