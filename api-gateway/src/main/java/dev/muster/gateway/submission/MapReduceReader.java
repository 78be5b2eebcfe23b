package dev.muster.gateway.submission;

import dev.muster.contracts.job.FanOut;
import dev.muster.contracts.job.Reduce;
import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.job.Stages;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads {@code reduce} of a map_reduce: a command, or one of the built-in reducers. */
final class MapReduceReader {
  private static final int FAN_IN_MAX = 100_000;
  private static final int FAN_IN_BUILTIN = 1_000;
  private static final Map<String, Reduce.Builtin> BUILTINS = builtins();

  private MapReduceReader() {}

  /** The reducer, or null where something is wrong, which is noted. */
  static @Nullable Reduce read(FieldReader job, int timeoutSeconds, Source source) {
    FieldReader fields = job.object("reduce");
    if (fields == null) {
      if (!job.has("reduce")) {
        job.error("reduce", "required", "Expected a reducer with runner_command or builtin");
      }
      return null;
    }
    String builtin =
        fields.text("builtin", 16, BUILTINS::containsKey, "one of " + BUILTINS.keySet());
    boolean command = fields.has("runner_command");
    if (command == fields.has("builtin")) {
      fields.error("", "exclusive", "Expected exactly one of runner_command and builtin");
    }
    List<String> words = command ? RunReader.command(fields) : List.of();
    long fanIn =
        fields.integer("fan_in", 2, FAN_IN_MAX, builtin == null ? FAN_IN_MAX : FAN_IN_BUILTIN);
    long timeout = fields.integer("timeout_s", 1, 604_800, timeoutSeconds);
    ResourceRequest requirements =
        fields.has("requirements") ? RunReader.requirements(fields) : null;
    String payload = payload(fields, source);
    fields.refuseUnknown();
    if (words.isEmpty() == (builtin == null)) {
      return null;
    }
    return new Reduce(
        builtin == null ? null : BUILTINS.get(builtin),
        words,
        payload,
        requirements,
        (int) timeout,
        (int) fanIn);
  }

  /** How many tasks there are in all stages; 0 where they are too many, which is noted. */
  static int tasks(FieldReader job, FanOut fanOut, int batchSize, Reduce reduce) {
    int maps = Math.ceilDiv(fanOut.items(), Math.max(1, batchSize));
    boolean tree = reduce.builtin() != null || reduce.fanIn() < FAN_IN_MAX;
    int tasks = Stages.reducing(maps, reduce.fanIn()).getLast().end();
    if (tasks > Limits.TASKS_MAX || (!tree && maps > FAN_IN_MAX)) {
      job.error(
          "fan_out",
          "fan-out-limit",
          "Expected at most "
              + Limits.TASKS_MAX
              + " tasks with the reducing ones, and fan_in with more than "
              + FAN_IN_MAX
              + " maps");
      return 0;
    }
    return tasks;
  }

  private static String payload(FieldReader fields, Source source) {
    JsonValue value = fields.value("payload");
    if (value == null) {
      return "{}";
    }
    if (!(value instanceof JsonValue.Fields object)) {
      fields.wrongKind("payload", JsonValue.Kind.OBJECT, value);
      return "{}";
    }
    if (object.end() - object.start() > Limits.DESIGN_BYTES_MAX) {
      fields.error(
          "payload", "max-bytes", "Expected at most " + Limits.DESIGN_BYTES_MAX + " bytes");
      return "{}";
    }
    return AxesReader.isFree(fields, "/payload", object.members().keySet(), null)
        ? source.slice(object.start(), object.end())
        : "{}";
  }

  private static Map<String, Reduce.Builtin> builtins() {
    Map<String, Reduce.Builtin> builtins = new TreeMap<>();
    for (Reduce.Builtin builtin : Reduce.Builtin.values()) {
      builtins.put(builtin.name().toLowerCase(Locale.ROOT), builtin);
    }
    return builtins;
  }
}
