package dev.muster.aggregator.shell;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.muster.aggregator.digest.NumberStats;
import dev.muster.aggregator.digest.ResultDigest;
import dev.muster.aggregator.job.JobFacts;
import dev.muster.contracts.job.Design;
import dev.muster.contracts.job.TaskCounts;
import dev.muster.kit.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON of a result package: {@code summary} and {@code aggregate_result} of the API. */
final class PackageJson {
  /** Whole numbers up to here are exact as doubles and are written without a fraction. */
  private static final double EXACT_MAX = 9.007199254740992E15;

  private PackageJson() {}

  static String summary(JobFacts job, DigestReader.Digest digest) {
    TaskCounts counts = job.counts();
    ObjectNode summary = Json.MAPPER.createObjectNode();
    summary
        .putObject("tasks")
        .put("total", counts.total())
        .put("succeeded", counts.succeeded())
        .put("failed", counts.failed())
        .put("cancelled", counts.cancelled());
    summary
        .put("attempts", digest.attempts())
        .put("attempts_lost", job.attemptsLost())
        .put("retries", job.retries())
        .put("wall_s", digest.wallSeconds());
    if (digest.runs() > 0) {
      summary
          .putObject("run_s")
          .put("count", digest.runs())
          .put("mean", digest.runSecondsMean())
          .put("p50", digest.runSecondsP50())
          .put("p95", digest.runSecondsP95())
          .put("total", digest.runSecondsTotal());
    }
    ObjectNode errors = summary.putObject("errors");
    digest.errors().forEach(errors::put);
    return summary.toString();
  }

  static String aggregate(DigestReader.Digest digest, @Nullable Design design) {
    ResultDigest results = digest.results();
    ObjectNode aggregate = Json.MAPPER.createObjectNode().put("count", digest.count());
    ObjectNode fields = aggregate.putObject("fields");
    for (Map.Entry<String, NumberStats> field : results.numbers().entrySet()) {
      NumberStats stats = field.getValue();
      ObjectNode node = fields.putObject(field.getKey()).put("count", stats.count());
      number(node, "mean", stats.mean());
      number(node, "min", stats.min());
      number(node, "max", stats.max());
      number(node, "sum", stats.sum());
    }
    for (Map.Entry<String, ResultDigest.Flags> field : results.flags().entrySet()) {
      ObjectNode node =
          fields.path(field.getKey()) instanceof ObjectNode both
              ? both
              : fields.putObject(field.getKey());
      node.put("true", field.getValue().trues()).put("false", field.getValue().falses());
    }
    if (results.isTruncated()) {
      aggregate.put("fields_truncated", true);
    }
    if (digest.scores() != null && design != null) {
      ScoresJson.put(aggregate, digest.scores(), design);
    }
    return aggregate.toString();
  }

  static void number(ObjectNode node, String name, double value) {
    if (value == Math.rint(value) && Math.abs(value) <= EXACT_MAX) {
      node.put(name, (long) value);
    } else {
      node.put(name, value);
    }
  }
}
