package dev.muster.gateway.submission;

import dev.muster.contracts.job.Benchmark;
import dev.muster.contracts.job.Design;
import dev.muster.contracts.job.FanOut;
import dev.muster.contracts.job.Federated;
import dev.muster.contracts.job.Objective;
import dev.muster.contracts.job.Reduce;
import dev.muster.contracts.job.Sweep;
import org.jspecify.annotations.Nullable;

/** Reads what is particular to a type (S2-09, S2-11, D-06), and refuses what belongs to another. */
final class DesignReader {
  private DesignReader() {}

  /**
   * What a type asks for.
   *
   * @param design what is particular to it; null for {@code structured_runner}, or where it is
   *     wrong
   * @param tasks how many tasks it makes; 0 where fan-out says
   */
  record Read(@Nullable Design design, int tasks) {
    static final Read NONE = new Read(null, 0);
  }

  /**
   * @param type the type, known
   * @param payload the payload, or null when there is none
   */
  static Read read(
      FieldReader job, String type, JsonValue.@Nullable Fields payload, Source source) {
    refuseForeign(job, type, JobType.SWEEP, "sweep");
    refuseForeign(
        job, type, JobType.BENCHMARK, "strategies", "inputs", "repeats", "metric", "direction");
    refuseForeign(job, type, JobType.MAP_REDUCE, "reduce");
    refuseForeign(job, type, JobType.FEDERATED, "federated");
    if (type.equals(JobType.STRUCTURED_RUNNER) || type.equals(JobType.MAP_REDUCE)) {
      return Read.NONE;
    }
    for (String name : new String[] {"fan_out", "batch_size", "batch_per_task"}) {
      if (job.has(name)) {
        job.error(name, "exclusive", "Expected no " + name + ", since the type makes the tasks");
      }
    }
    if (type.equals(JobType.FEDERATED)) {
      Federated federated = FederatedReader.read(job, payload, source);
      return federated == null
          ? Read.NONE
          : checked(
              job, "federated", new Read(new Design(federated), federated.taskCount()), payload);
    }
    return type.equals(JobType.SWEEP)
        ? sweep(job, payload, source)
        : benchmark(job, payload, source);
  }

  /** The reducer of a map_reduce, whose maps fan-out makes. */
  static Read mapReduce(
      FieldReader job, FanOut fanOut, int batchSize, int timeoutSeconds, Source source) {
    if (!job.has("fan_out")) {
      job.error("fan_out", "required", "Expected the fan-out of the maps");
    }
    if (job.has("gang")) {
      job.error("gang", "exclusive", "Expected no gang, since the tasks that reduce run alone");
    }
    Reduce reduce = MapReduceReader.read(job, timeoutSeconds, source);
    int tasks = reduce == null ? 0 : MapReduceReader.tasks(job, fanOut, batchSize, reduce);
    return tasks == 0 ? Read.NONE : new Read(new Design(null, null, null, reduce), tasks);
  }

  private static void refuseForeign(FieldReader job, String type, String owner, String... fields) {
    for (String field : fields) {
      if (!type.equals(owner) && job.has(field)) {
        job.error(field, "type", "Expected " + field + " with the type " + owner + " only");
      }
    }
  }

  private static Read sweep(FieldReader job, JsonValue.@Nullable Fields payload, Source source) {
    FieldReader fields = job.object("sweep");
    if (fields == null) {
      if (!job.has("sweep")) {
        job.error("sweep", "required", "Expected the axes of the sweep");
      }
      return Read.NONE;
    }
    Sweep sweep = SweepReader.read(fields, payload, source);
    Objective objective = objective(fields, false);
    fields.refuseUnknown();
    return sweep == null
        ? Read.NONE
        : checked(
            job, "sweep", new Read(new Design(sweep, null, objective), sweep.count()), payload);
  }

  private static Read benchmark(
      FieldReader job, JsonValue.@Nullable Fields payload, Source source) {
    Benchmark benchmark = BenchmarkReader.read(job, payload, source);
    Objective objective = objective(job, true);
    if (benchmark == null) {
      return Read.NONE;
    }
    int tasks = benchmark.strategies().size() * benchmark.inputs().size() * benchmark.repeats();
    return checked(
        job, "strategies", new Read(new Design(null, benchmark, objective), tasks), payload);
  }

  /** Each payload is planned as a text of its own, so all of them together have a limit. */
  private static Read checked(
      FieldReader job, String field, Read read, JsonValue.@Nullable Fields payload) {
    long base = payload == null ? 2 : payload.end() - payload.start();
    if (base * read.tasks() > Limits.LISTED_BYTES_MAX) {
      job.error(
          field,
          "fan-out-limit",
          "Expected at most "
              + Limits.LISTED_BYTES_MAX
              + " bytes of payload in all tasks together");
      return Read.NONE;
    }
    return read;
  }

  private static @Nullable Objective objective(FieldReader fields, boolean required) {
    String metric = fields.text("metric", 128);
    String direction =
        fields.text("direction", 3, word -> word.equals("min") || word.equals("max"), "min or max");
    if (required && !fields.has("metric")) {
      fields.error("metric", "required", "Expected the result field that is compared");
    }
    if (fields.has("metric") != fields.has("direction")) {
      fields.error(
          fields.has("metric") ? "direction" : "metric",
          "required",
          "Expected metric and direction together");
    }
    return metric == null || direction == null
        ? null
        : new Objective(
            metric, direction.equals("min") ? Objective.Direction.MIN : Objective.Direction.MAX);
  }
}
