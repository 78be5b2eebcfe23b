package dev.muster.contracts.job;

import java.util.List;

/**
 * Named strategies that run on the same inputs (S2-11). Tasks are ordered by input, then by repeat,
 * then by strategy: what is compared runs side by side.
 *
 * @param strategies at least two, with different names
 * @param inputs JSON objects, each run by every strategy; at least one
 * @param repeats how often each strategy runs on each input, from 1
 */
public record Benchmark(List<Strategy> strategies, List<String> inputs, int repeats) {
  /**
   * One of the compared.
   *
   * @param name its name, the {@code variant} of its results
   * @param payload a JSON object: what its payload has beside that of the job
   */
  public record Strategy(String name, String payload) {}

  public Benchmark {
    strategies = List.copyOf(strategies);
    inputs = List.copyOf(inputs);
    if (strategies.size() < 2 || inputs.isEmpty() || repeats < 1) {
      throw new IllegalArgumentException(
          "Expected two strategies, an input and a repeat at least, but got "
              + strategies.size()
              + ", "
              + inputs.size()
              + " and "
              + repeats);
    }
  }

  /** The strategy of a task. */
  public Strategy strategyOf(int index) {
    return strategies.get(index % strategies.size());
  }

  /** Which run of its strategy on its input a task is, from 0. */
  public int repeatOf(int index) {
    return index / strategies.size() % repeats;
  }

  /** The place of a task's input. */
  public int inputOf(int index) {
    return index / strategies.size() / repeats;
  }
}
