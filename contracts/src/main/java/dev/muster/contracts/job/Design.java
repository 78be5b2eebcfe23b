package dev.muster.contracts.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What is particular to a job that is more than one command over its items; at most one of {@code
 * sweep}, {@code benchmark}, {@code reduce} and {@code federated} is there. Its tasks and their
 * payloads follow from it by index alone.
 *
 * @param sweep the points of a {@code sweep}
 * @param benchmark the strategies of a {@code benchmark}
 * @param objective what results are ranked or compared by
 * @param reduce how the results of a {@code map_reduce} become one
 * @param federated the shards and rounds of a {@code federated} training
 * @param aggregation what is added up of the results of any job while it runs
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Design(
    @Nullable Sweep sweep,
    @Nullable Benchmark benchmark,
    @Nullable Objective objective,
    @Nullable Reduce reduce,
    @Nullable Federated federated,
    @Nullable Aggregation aggregation) {
  /** Nothing but what is added up of the results. */
  public static @Nullable Design of(@Nullable Aggregation aggregation) {
    return aggregation == null ? null : new Design(null, null, null, null, null, aggregation);
  }

  /** The same with what is added up of the results. */
  public Design with(@Nullable Aggregation added) {
    return new Design(sweep, benchmark, objective, reduce, federated, added);
  }

  /** What is particular to a type. */
  public Design(
      @Nullable Sweep sweep,
      @Nullable Benchmark benchmark,
      @Nullable Objective objective,
      @Nullable Reduce reduce,
      @Nullable Federated federated) {
    this(sweep, benchmark, objective, reduce, federated, null);
  }

  /** What is particular to a sweep or a benchmark. */
  public Design(
      @Nullable Sweep sweep, @Nullable Benchmark benchmark, @Nullable Objective objective) {
    this(sweep, benchmark, objective, null, null);
  }

  /** What is particular to any type but a federated training. */
  public Design(
      @Nullable Sweep sweep,
      @Nullable Benchmark benchmark,
      @Nullable Objective objective,
      @Nullable Reduce reduce) {
    this(sweep, benchmark, objective, reduce, null);
  }

  /** What is particular to a federated training. */
  public Design(Federated federated) {
    this(null, null, null, null, federated);
  }
}
