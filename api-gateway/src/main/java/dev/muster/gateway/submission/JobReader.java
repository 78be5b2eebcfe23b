package dev.muster.gateway.submission;

import dev.muster.contracts.egress.EgressRules;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.job.Aggregation;
import dev.muster.contracts.job.Design;
import dev.muster.contracts.job.FanOut;
import dev.muster.contracts.job.JobSpec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads one submission (S2-14, S2-36 to S2-41). All that is wrong with it is found at once, and an
 * unknown field is wrong. A job that names a project may leave its command out; then it is empty.
 */
public final class JobReader {
  private static final Pattern PROJECT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final Pattern POOL = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  private JobReader() {}

  /**
   * @param tenant who submits
   * @param root the JSON of one submission
   * @param source the body it lies in
   */
  public static Parsed read(String tenant, JsonValue root, Source source) {
    return read(tenant, root, source, EgressRules.STRICT, Siblings.none());
  }

  /**
   * @param egress which hosts a callback may go to
   * @param siblings the other jobs of the same request that it may depend on
   */
  public static Parsed read(
      String tenant, JsonValue root, Source source, EgressRules egress, Siblings siblings) {
    List<FieldError> errors = new ArrayList<>();
    if (!(root instanceof JsonValue.Fields object)) {
      errors.add(new FieldError("", "type", "Expected an object, but got " + root.kind().words()));
      return new Parsed.Refused("validation", errors);
    }
    FieldReader job = new FieldReader(object, "", errors);
    Submission submission = submission(tenant, job, source, egress, siblings);
    job.refuseUnknown();
    return errors.isEmpty()
        ? new Parsed.Accepted(submission)
        : new Parsed.Refused(codeOf(errors), errors);
  }

  /**
   * A single refusal about fan-out or a URL is named as what it is; anything else is a plain 422.
   */
  private static String codeOf(List<FieldError> errors) {
    String first = errors.getFirst().code();
    boolean named = first.startsWith("fan-out") || first.equals(UrlReader.NOT_ALLOWED);
    return errors.size() == 1 && named ? first : "validation";
  }

  private static Submission submission(
      String tenant, FieldReader job, Source source, EgressRules egress, Siblings siblings) {
    String type =
        orElse(
            job.text("type", 64, JobType.ALL::contains, "one of " + String.join(", ", JobType.ALL)),
            JobType.STRUCTURED_RUNNER);
    JsonValue.Fields payload = PayloadReader.object(job);
    DesignReader.Read design = DesignReader.read(job, type, payload, source);
    FanOutReader.Read read = FanOutReader.read(job, payload);
    FanOut fanOut = read.fanOut();
    int batchSize = batchSize(job, fanOut);
    PayloadReader.Texts texts = PayloadReader.texts(job, payload, fanOut, source);
    PayloadReader.checkSizes(job, fanOut, read.items(), batchSize, texts.base());
    int timeoutSeconds = (int) job.integer("timeout_s", 1, 604_800, 3_600);
    if (type.equals(JobType.MAP_REDUCE)) {
      design = DesignReader.mapReduce(job, fanOut, batchSize, timeoutSeconds, source);
    }
    Aggregation aggregation = AggregationReader.read(job, type, design.design());
    JobSpec spec =
        new JobSpec(
            tenant,
            orElse(
                job.text("pool", 63, s -> POOL.matcher(s).matches(), "a pool's name"), "default"),
            type,
            job.text("project", 100, s -> PROJECT.matcher(s).matches(), "a project's name"),
            job.text("client_ref", 256),
            tags(job),
            meta(job, source),
            job.text("variant", 256),
            command(job, type),
            texts.base(),
            fanOut,
            batchSize,
            design.tasks() > 0 ? design.tasks() : taskCount(fanOut, batchSize),
            RunReader.requirements(job),
            RunReader.retries(job),
            timeoutSeconds,
            (int) job.integer("priority", -100, 100, 0),
            null,
            IndexRanges.EMPTY);
    String callback = UrlReader.read(job, "callback_url", egress);
    return new Submission(
        spec.withCallback(callback)
            .withDesign(withAggregation(design.design(), aggregation))
            .withGang(GangReader.read(job, spec.taskCount()))
            .withDeadline(deadline(job))
            .withDependsOn(DependencyReader.read(job, siblings)),
        texts.shown(),
        texts.omitted(),
        read.items());
  }

  private static @Nullable Design withAggregation(
      @Nullable Design design, @Nullable Aggregation aggregation) {
    return design == null ? Design.of(aggregation) : design.with(aggregation);
  }

  /** The command of the tasks; of a map_reduce that of its maps. */
  private static List<String> command(FieldReader job, String type) {
    if (type.equals(JobType.FEDERATED)) {
      return FederatedReader.command(job);
    }
    FieldReader map = type.equals(JobType.MAP_REDUCE) ? job.object("map") : null;
    if (map == null) {
      if (!type.equals(JobType.MAP_REDUCE) && job.has("map")) {
        job.error("map", "type", "Expected map with the type map_reduce only");
      }
      // The manifest of a project may name one; whether it does is looked up later.
      boolean manifest = job.has("project") && !type.equals(JobType.MAP_REDUCE);
      return manifest && !job.has("runner_command") ? List.of() : RunReader.command(job);
    }
    if (job.has("runner_command")) {
      job.error("runner_command", "exclusive", "Expected runner_command in map alone");
    }
    List<String> command = RunReader.command(map);
    map.refuseUnknown();
    return command;
  }

  private static List<String> tags(FieldReader job) {
    List<String> tags =
        job.texts(
            "tags",
            0,
            50,
            tag -> tag.length() <= 64 && Names.isDisplaySafe(tag) && tag.indexOf(',') < 0,
            "visible text of 1 to 64 characters without a comma");
    return List.copyOf(new LinkedHashSet<>(tags));
  }

  private static @Nullable String meta(FieldReader job, Source source) {
    JsonValue value = job.value("meta");
    if (value == null) {
      return null;
    }
    if (value.kind() != JsonValue.Kind.OBJECT) {
      job.wrongKind("meta", JsonValue.Kind.OBJECT, value);
      return null;
    }
    if (value.end() - value.start() > Limits.META_BYTES_MAX) {
      job.error("meta", "max-bytes", "Expected at most " + Limits.META_BYTES_MAX + " bytes");
      return null;
    }
    return source.slice(value.start(), value.end());
  }

  private static int batchSize(FieldReader job, FanOut fanOut) {
    boolean size = job.has("batch_size");
    boolean perTask = job.has("batch_per_task");
    if (!size && !perTask) {
      return 0;
    }
    String name = size ? "batch_size" : "batch_per_task";
    if (size && perTask) {
      job.error("batch_per_task", "exclusive", "Expected batch_size or batch_per_task, not both");
    }
    if (!job.has("fan_out")) {
      job.error(name, "fan-out-required", "Expected fan_out where tasks are batched");
    }
    long asked = job.integer(name, 1, Limits.BATCH_MAX, 1);
    return (int) Math.min(asked, fanOut.items());
  }

  private static @Nullable Integer deadline(FieldReader job) {
    Long seconds = job.integer("deadline_s", 1, 2_592_000);
    return seconds == null ? null : seconds.intValue();
  }

  private static int taskCount(FanOut fanOut, int batchSize) {
    return batchSize == 0 ? fanOut.items() : (fanOut.items() + batchSize - 1) / batchSize;
  }

  private static String orElse(@Nullable String value, String absent) {
    return value == null ? absent : value;
  }
}
