package dev.muster.gateway.submission;

import dev.muster.contracts.job.Federated;
import dev.muster.contracts.task.Gang;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code federated}: shards, rounds, and what the training is told (S0, U0-06). */
final class FederatedReader {
  /** The one name with a leading underscore that a shard may have: the files it brings. */
  private static final String ARTIFACTS = "_artifacts";

  private static final int COUNT_MAX = 1_000_000_000;

  private FederatedReader() {}

  /** The command as it is shown; the project says what is done, and no other command is taken. */
  static List<String> command(FieldReader job) {
    for (String name : new String[] {"runner_command", "map", "gang"}) {
      if (job.has(name)) {
        job.error(
            name,
            "exclusive",
            "Expected no "
                + name
                + " with the type federated: model_def.py of the project trains, and a round's"
                + " shards are a gang");
      }
    }
    if (!job.has("project")) {
      job.error("project", "required", "Expected the project whose model_def.py trains");
    }
    return List.of(Federated.COMMAND);
  }

  /** The training, or null where something is wrong, which is noted. */
  static @Nullable Federated read(
      FieldReader job, JsonValue.@Nullable Fields payload, Source source) {
    FieldReader fields = job.object("federated");
    if (fields == null) {
      if (!job.has("federated")) {
        job.error("federated", "required", "Expected the shards and rounds of the training");
      }
      return null;
    }
    List<String> shards = shards(fields, payload, source);
    if (!fields.has("rounds")) {
      fields.error("rounds", "required", "Expected how many rounds are trained");
    }
    int rounds = (int) fields.integer("rounds", 1, Federated.ROUNDS_MAX, 1);
    String training = training(fields, source);
    Long workers = fields.integer("workers", 1, Gang.SIZE_MAX);
    Boolean automatic = fields.flag("auto_select_workers");
    fields.refuseUnknown();
    if (shards.isEmpty()) {
      return null;
    }
    if ((long) rounds * (shards.size() + 1) > Limits.LISTED_ITEMS_MAX) {
      fields.error(
          "rounds",
          "fan-out-limit",
          "Expected at most " + Limits.LISTED_ITEMS_MAX + " tasks in all rounds together");
      return null;
    }
    return new Federated(
        shards,
        rounds,
        training,
        workers == null ? null : workers.intValue(),
        Boolean.TRUE.equals(automatic));
  }

  private static List<String> shards(
      FieldReader fields, JsonValue.@Nullable Fields payload, Source source) {
    JsonValue value = fields.value("shards");
    if (!(value instanceof JsonValue.Items items)) {
      fields.error(
          "shards",
          value == null ? "required" : "type",
          "Expected an array with an object for each shard");
      return List.of();
    }
    if (items.count() < 1
        || items.count() > Gang.SIZE_MAX
        || items.end() - items.start() > Limits.DESIGN_BYTES_MAX) {
      fields.error(
          "shards",
          items.count() < 1 ? "min-items" : "max-items",
          "Expected 1 to "
              + Gang.SIZE_MAX
              + " shards in at most "
              + Limits.DESIGN_BYTES_MAX
              + " bytes");
      return List.of();
    }
    List<String> shards = new ArrayList<>();
    for (int i = 0; i < items.count(); i++) {
      String path = "/shards/" + i;
      if (!(items.elements().get(i) instanceof JsonValue.Fields shard)) {
        fields.errorBelow(path, "type", "Expected an object");
        continue;
      }
      List<String> names =
          shard.members().keySet().stream().filter(name -> isFor(name, payload)).toList();
      if (AxesReader.isFree(fields, path, names, payload)) {
        shards.add(source.slice(shard.start(), shard.end()));
      }
    }
    return shards.size() == items.count() ? shards : List.of();
  }

  /** Whether a name must be free; that of the files a task brings may be the shard's alone. */
  private static boolean isFor(String name, JsonValue.@Nullable Fields payload) {
    return !name.equals(ARTIFACTS) || (payload != null && payload.members().containsKey(name));
  }

  private static String training(FieldReader fields, Source source) {
    JsonValue value = fields.value("training");
    FieldReader training = fields.object("training");
    if (value == null || training == null) {
      return "{}";
    }
    training.integer("local_epochs", 1, COUNT_MAX);
    training.integer("batch_size", 1, COUNT_MAX);
    training.integer("num_classes", 1, COUNT_MAX);
    training.decimal("learning_rate", 1_000_000, 0);
    training.object("extra");
    training.refuseUnknown();
    if (value.end() - value.start() > Limits.DESIGN_BYTES_MAX) {
      fields.error(
          "training", "max-bytes", "Expected at most " + Limits.DESIGN_BYTES_MAX + " bytes");
      return "{}";
    }
    return source.slice(value.start(), value.end());
  }
}
