package dev.muster.contracts.task;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.job.Benchmark;
import dev.muster.contracts.job.FanOut;
import dev.muster.contracts.job.Federated;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.Reduce;
import dev.muster.contracts.job.Stages;
import dev.muster.contracts.job.Stages.Stage;
import dev.muster.contracts.job.Sweep;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The payload that a task of a job gets, from what the user submitted (S2-36 to S2-41, D-03 to
 * D-05). Members are added to the text of the user's object; what the user wrote stays byte for
 * byte.
 */
public final class TaskPayload {
  /** Where a reduce task finds its inputs, relative to the folder of its payload. */
  public static final String INPUTS_FILE = "inputs.jsonl";

  private TaskPayload() {}

  /**
   * The payload of one task of a job without fan-out or with listed items.
   *
   * <ul>
   *   <li>{@code sweep}: the payload with the point's parameters and {@code _sweep}
   *   <li>{@code benchmark}: the payload with the members of strategy and input and {@code
   *       _benchmark}
   *   <li>a reduce task: the reducer's payload and {@code _reduce}
   *   <li>{@code federated}: the payload with that of the shard and {@code _federated}
   *   <li>no fan-out: the payload itself
   *   <li>{@code items}: the item itself; batched: an object with {@code _batch}
   *   <li>{@code by}: the payload with the field set to the item (batched: to the list of items)
   *       and {@code _fan_out}, batched also {@code _batch}
   * </ul>
   *
   * @param spec the job's spec; its shape is not {@code CHUNKS}
   * @param index the task's place in the job, from 0
   * @param items the task's items as JSON texts; ignored without fan-out
   */
  public static String of(JobSpec spec, int index, List<String> items) {
    if (spec.design() != null && spec.design().sweep() != null) {
      return with(spec.payload(), point(spec.design().sweep(), index));
    }
    if (spec.design() != null && spec.design().benchmark() != null) {
      return with(spec.payload(), run(spec.design().benchmark(), index));
    }
    Federated federated = spec.federated();
    if (federated != null) {
      String own =
          federated.averages(index)
              ? ""
              : members(federated.shards().get(federated.shardOf(index)));
      return with(spec.payload(), own + FederatedPayload.of(federated, index));
    }
    if (isReduce(spec, index)) {
      return reduce(spec, index);
    }
    FanOut fanOut = spec.fanOut();
    return switch (fanOut.shape()) {
      case NONE -> spec.payload();
      case ITEMS ->
          spec.batchSize() == 0
              ? items.getFirst()
              : with(spec.payload(), batch(spec, index, items));
      case BY -> {
        String field = quoted(Objects.requireNonNull(fanOut.field()));
        String marker =
            "\"_fan_out\":{\"by\":"
                + field
                + ",\"index\":"
                + index
                + ",\"total\":"
                + Stages.of(spec).getFirst().count()
                + "}";
        yield spec.batchSize() == 0
            ? with(spec.payload(), field + ":" + items.getFirst() + "," + marker)
            : with(
                spec.payload(),
                field
                    + ":["
                    + String.join(",", items)
                    + "],"
                    + marker
                    + ","
                    + batch(spec, index, items));
      }
      case CHUNKS ->
          throw new IllegalArgumentException(
              "Expected listed items, but the payloads of chunks come from a template");
    };
  }

  /** Whether a task reduces; its payload needs no items. */
  public static boolean isReduce(JobSpec spec, int index) {
    return spec.design() != null
        && spec.design().reduce() != null
        && index >= Stages.of(spec).getFirst().count();
  }

  private static String reduce(JobSpec spec, int index) {
    Reduce reduce = Objects.requireNonNull(Objects.requireNonNull(spec.design()).reduce());
    List<Stage> stages = Stages.of(spec);
    Stage own = Stages.stageOf(spec, index);
    IndexRanges.Range inputs = Stages.inputsOf(spec, index);
    String builtin =
        reduce.builtin() == null
            ? ""
            : "\"builtin\":\"" + reduce.builtin().name().toLowerCase(Locale.ROOT) + "\",";
    return with(
        reduce.payload(),
        "\"_reduce\":{"
            + builtin
            + "\"level\":"
            + own.number()
            + ",\"levels\":"
            + (stages.size() - 1)
            + ",\"index\":"
            + (index - own.first())
            + ",\"of\":"
            + own.count()
            + ",\"inputs\":{\"path\":\""
            + INPUTS_FILE
            + "\",\"first\":"
            + inputs.first()
            + ",\"count\":"
            + (inputs.last() - inputs.first() + 1)
            + "}}");
  }

  private static String point(Sweep sweep, int index) {
    String parameters = SweepPoint.members(sweep, index);
    return (parameters.isEmpty() ? "" : parameters + ",")
        + "\"_sweep\":{\"index\":"
        + index
        + ",\"total\":"
        + sweep.count()
        + "}";
  }

  private static String run(Benchmark benchmark, int index) {
    Benchmark.Strategy strategy = benchmark.strategyOf(index);
    int input = benchmark.inputOf(index);
    return members(strategy.payload())
        + members(benchmark.inputs().get(input))
        + "\"_benchmark\":{\"strategy\":"
        + quoted(strategy.name())
        + ",\"input\":"
        + input
        + ",\"repeat\":"
        + benchmark.repeatOf(index)
        + "}";
  }

  /** The members of an object with a comma behind them; nothing when it has none. */
  private static String members(String object) {
    String bare = object.strip();
    String members = bare.substring(1, bare.length() - 1).strip();
    return members.isEmpty() ? "" : members + ",";
  }

  /** The JSON text of an object with members added at its end. */
  static String with(String object, String members) {
    String open = object.strip();
    String head = open.substring(0, open.length() - 1).stripTrailing();
    return head + (head.endsWith("{") ? "" : ",") + members + "}";
  }

  /** A text as a JSON string. */
  static String quoted(String text) {
    StringBuilder json = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < 0x20) {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }

  private static String batch(JobSpec spec, int index, List<String> items) {
    return batch(
        index,
        items.size(),
        spec.fanOut().items(),
        (long) index * spec.batchSize(),
        String.join(",", items));
  }

  static String batch(int index, int size, int totalItems, long offset, String items) {
    return "\"_batch\":{\"index\":"
        + index
        + ",\"size\":"
        + size
        + ",\"total_items\":"
        + totalItems
        + ",\"offset\":"
        + offset
        + ",\"items\":["
        + items
        + "]}";
  }
}
