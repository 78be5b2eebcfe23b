package dev.muster.endtoend;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.SplittableRandom;

/** Jobs of all shapes and ends, the same ones for the same seed. */
final class RandomJobs {
  private static final String RESULT =
      "echo \"{\\\"n\\\":$MUSTER_TASK_INDEX}\" > \"$MUSTER_TASK_RESULT\"";

  private final SplittableRandom random;

  RandomJobs(long seed) {
    random = new SplittableRandom(seed);
  }

  /** A job of real processes, which succeeds. */
  ObjectNode processes() {
    return dress(Api.shell(RESULT));
  }

  /** A job that may succeed, fail, or do both in part. */
  ObjectNode any() {
    return switch (random.nextInt(12)) {
      case 0 -> dress(Api.shell("exit " + (1 + random.nextInt(9))));
      case 1 -> dress(Api.shell("[ $((MUSTER_TASK_INDEX % 2)) -eq 1 ] || { " + RESULT + "; }"));
      case 2 -> processes();
      case 3 -> sweep();
      default -> dress(command("muster:noop"));
    };
  }

  private ObjectNode sweep() {
    ObjectNode job = Api.shell("echo '{\"loss\":1}' > \"$MUSTER_TASK_RESULT\"");
    ObjectNode sweep = job.put("type", "sweep").putObject("sweep");
    sweep.put("metric", "loss").put("direction", "min");
    ObjectNode grid = sweep.putObject("grid");
    grid.putArray("lr").add(0.1).add(random.nextInt(9) + 1);
    grid.putObject("model").putArray("depth").add(1).add(2);
    job.putObject("payload").put("x", 1);
    return job;
  }

  private static ObjectNode command(String word) {
    ObjectNode job = Platform.JSON.createObjectNode();
    job.put("type", "structured_runner").putArray("runner_command").add(word);
    return job;
  }

  private ObjectNode dress(ObjectNode job) {
    ArrayNode tags = job.put("client_ref", "ref-" + random.nextInt(1_000)).putArray("tags");
    for (int i = random.nextInt(3); i > 0; i--) {
      tags.add("tag-" + i);
    }
    job.put("priority", random.nextInt(3));
    job.putObject("meta").put("x", random.nextInt()).put("y", "é\"\n");
    job.putObject("retries").put("infrastructure", 20).put("user", random.nextInt(2));
    if (random.nextInt(4) == 0) {
      job.put("variant", "v" + random.nextInt(3));
      job.put("timeout_s", 60 + random.nextInt(100));
    }
    shape(job);
    return job;
  }

  private void shape(ObjectNode job) {
    switch (random.nextInt(4)) {
      case 0 -> job.putObject("fan_out").put("chunks", 4).put("total", 40).put("range_field", "n");
      case 1 -> {
        ArrayNode items = job.putObject("fan_out").putArray("items");
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
          items.addObject().put("value", random.nextInt(100));
        }
      }
      case 2 -> {
        ObjectNode payload = job.putObject("payload");
        payload.put("lr", 0.5).putArray("model").add("a").add("b");
        job.putObject("fan_out").put("by", "model");
      }
      default -> job.putObject("payload").put("value", random.nextInt());
    }
  }
}
