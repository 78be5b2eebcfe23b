package dev.muster.gateway.submission;

import java.util.List;

/** The words of {@code type}. */
final class JobType {
  static final String STRUCTURED_RUNNER = "structured_runner";
  static final String SWEEP = "sweep";
  static final String BENCHMARK = "benchmark";

  static final String MAP_REDUCE = "map_reduce";

  static final String FEDERATED = "federated";

  /** Every type that can be submitted. */
  static final List<String> ALL =
      List.of(STRUCTURED_RUNNER, SWEEP, BENCHMARK, MAP_REDUCE, FEDERATED);

  private JobType() {}
}
