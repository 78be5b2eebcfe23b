package dev.muster.contracts.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the results of a {@code map_reduce} become one (S2-10). A reduce task finds the results that
 * are its inputs in a file beside its payload, one JSON object a line, in order.
 *
 * @param builtin a reducer that the platform brings, or null where {@code runnerCommand} is one
 * @param runnerCommand the reducer's command; empty with {@code builtin}
 * @param payload a JSON object: the base payload of reduce tasks
 * @param requirements minimums for one reduce attempt; null for those of the maps
 * @param timeoutSeconds longest run of one reduce attempt, 1 to 604,800
 * @param fanIn most inputs of one reduce task, 2 to 100,000; more inputs make a tree, whose upper
 *     levels reduce the results of the levels below
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Reduce(
    @Nullable Builtin builtin,
    List<String> runnerCommand,
    String payload,
    @Nullable ResourceRequest requirements,
    int timeoutSeconds,
    int fanIn) {
  /** Reducers over each top-level field of the results that holds numbers; sums are exact. */
  public enum Builtin {
    @JsonProperty("count")
    COUNT,
    @JsonProperty("sum")
    SUM,
    @JsonProperty("mean")
    MEAN,
    @JsonProperty("min")
    MIN,
    @JsonProperty("max")
    MAX
  }

  public Reduce {
    runnerCommand = List.copyOf(runnerCommand);
    if (runnerCommand.isEmpty() == (builtin == null) || fanIn < 2) {
      throw new IllegalArgumentException(
          "Expected a command or a built-in reducer, of 2 inputs at least, but got "
              + runnerCommand.size()
              + " words, "
              + builtin
              + " and "
              + fanIn);
    }
  }
}
