package dev.muster.gateway.view;

import dev.muster.contracts.job.Aggregation;
import dev.muster.contracts.job.Benchmark;
import dev.muster.contracts.job.Design;
import dev.muster.contracts.job.FanOut;
import dev.muster.contracts.job.Federated;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.Reduce;
import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.job.RetryPolicy;
import dev.muster.contracts.task.Gang;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parts of a spec in the words of the submission. */
final class Specs {
  private static final double MIB_PER_GIB = 1024;

  private Specs() {}

  static Map<String, Object> requirements(ResourceRequest request) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("gpus", request.gpus());
    shown.put("gpu_memory_gb", request.gpuMemoryMb() / MIB_PER_GIB);
    if (request.gpuModel() != null) {
      shown.put("gpu_model", request.gpuModel());
    }
    shown.put("cpus", request.cpus());
    shown.put("memory_gb", request.memoryMb() / MIB_PER_GIB);
    shown.put("storage_gb", request.storageMb() / MIB_PER_GIB);
    return shown;
  }

  static @Nullable Map<String, Object> fanOut(FanOut fanOut) {
    Map<String, Object> shown = new LinkedHashMap<>();
    switch (fanOut.shape()) {
      case NONE -> {
        return null;
      }
      case BY -> {
        shown.put("by", String.valueOf(fanOut.field()));
        shown.put("total_items", fanOut.items());
      }
      case ITEMS -> shown.put("total_items", fanOut.items());
      case CHUNKS -> {
        shown.put("chunks", fanOut.items());
        shown.put("range_field", String.valueOf(fanOut.field()));
        shown.put("total", fanOut.total());
      }
    }
    return shown;
  }

  /** What a sweep or a benchmark consists of, in short; null for every other job. */
  static @Nullable Map<String, Object> design(@Nullable Design design) {
    if (design == null) {
      return null;
    }
    Map<String, Object> shown = new LinkedHashMap<>();
    if (design.sweep() != null) {
      shown.put("sweep", design.sweep().method().name().toLowerCase(Locale.ROOT));
      shown.put(
          "axes",
          design.sweep().axes().stream().map(axis -> String.join(".", axis.path())).toList());
      shown.put("points", design.sweep().count());
    }
    if (design.benchmark() != null) {
      shown.put(
          "strategies",
          design.benchmark().strategies().stream().map(Benchmark.Strategy::name).toList());
      shown.put("inputs", design.benchmark().inputs().size());
      shown.put("repeats", design.benchmark().repeats());
    }
    Reduce reduce = design.reduce();
    if (reduce != null) {
      shown.put(
          "reduce",
          reduce.builtin() == null
              ? reduce.runnerCommand()
              : reduce.builtin().name().toLowerCase(Locale.ROOT));
      shown.put("fan_in", reduce.fanIn());
    }
    Aggregation aggregation = design.aggregation();
    if (aggregation != null) {
      shown.put("follows", aggregation.fields().stream().map(Aggregation.Field::name).toList());
      if (!aggregation.stopWhen().isEmpty()) {
        shown.put("stop_when", aggregation.stopWhen());
      }
    }
    Federated federated = design.federated();
    if (federated != null) {
      shown.put("shards", federated.shards().size());
      shown.put("rounds", federated.rounds());
      shown.put("training", JsonText.of(federated.training()));
    }
    if (design.objective() != null) {
      shown.put("metric", design.objective().metric());
      shown.put("direction", design.objective().direction().name().toLowerCase(Locale.ROOT));
    }
    return shown;
  }

  /** Which tasks run together; null where each runs for itself. */
  static @Nullable Map<String, Object> gang(JobSpec spec) {
    Federated federated = spec.federated();
    Gang gang = federated == null ? spec.gang() : federated.gangOf(0);
    if (gang == null) {
      return null;
    }
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("size", gang.size());
    shown.put("gangs", federated == null ? spec.taskCount() / gang.size() : federated.rounds());
    shown.put("worker_each", gang.apart());
    return shown;
  }

  static Map<String, Object> retries(RetryPolicy retry) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("infrastructure", retry.infrastructureMax());
    shown.put("user", retry.userMax());
    shown.put("exit_codes", retry.exitCodes().stream().sorted().toList());
    shown.put("backoff_s", retry.backoffMillis() / 1000.0);
    shown.put("backoff_max_s", retry.backoffMaxMillis() / 1000.0);
    return shown;
  }
}
