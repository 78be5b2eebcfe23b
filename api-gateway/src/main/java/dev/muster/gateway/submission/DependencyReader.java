package dev.muster.gateway.submission;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.Dependencies;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code depends_on} and {@code depends_on_policy} (S2-49, D-09). A parent is named by its
 * id, as a string or as {@code {"job_id": …}}; in a batch also as {@code {"index": …}} or {@code
 * {"client_ref": …}} of an earlier entry. Whether an id is a job of the tenant is looked up later.
 */
final class DependencyReader {
  private static final String NAME = "depends_on";
  private static final String POLICY = "depends_on_policy";

  private final FieldReader job;
  private final Siblings siblings;

  private DependencyReader(FieldReader job, Siblings siblings) {
    this.job = job;
    this.siblings = siblings;
  }

  static @Nullable Dependencies read(FieldReader job, Siblings siblings) {
    String policy =
        job.text(POLICY, 32, word -> policy(word) != null, "one of completed, allow_partial");
    if (!job.has(NAME)) {
      if (policy != null) {
        job.error(POLICY, "required", "Expected depends_on where there is a policy for it");
      }
      return null;
    }
    Set<JobId> parents = new DependencyReader(job, siblings).parents();
    Dependencies.Policy known = policy == null ? null : policy(policy);
    return parents.isEmpty()
        ? null
        : new Dependencies(
            List.copyOf(parents), known == null ? Dependencies.Policy.COMPLETED : known);
  }

  private static Dependencies.@Nullable Policy policy(String word) {
    for (Dependencies.Policy policy : Dependencies.Policy.values()) {
      if (policy.word().equals(word)) {
        return policy;
      }
    }
    return null;
  }

  private Set<JobId> parents() {
    Set<JobId> parents = new LinkedHashSet<>();
    List<JsonValue> elements = job.array(NAME, 1, Limits.PARENTS_MAX);
    for (int i = 0; i < elements.size(); i++) {
      JobId parent = parent("/" + NAME + "/" + i, elements.get(i));
      if (parent != null && !parents.add(parent)) {
        job.errorBelow("/" + NAME + "/" + i, "duplicate", "Expected each job once");
      }
    }
    return parents;
  }

  private @Nullable JobId parent(String at, JsonValue value) {
    if (value instanceof JsonValue.Text text) {
      return id(at, text.text());
    }
    if (!(value instanceof JsonValue.Fields fields) || fields.members().size() != 1) {
      return error(
          at,
          "type",
          siblings.isBatch()
              ? "Expected the id of a job, or an object with one of job_id, index, client_ref"
              : "Expected the id of a job, or an object with job_id");
    }
    var member = fields.members().entrySet().iterator().next();
    JsonValue named = member.getValue().value();
    return switch (member.getKey()) {
      case "job_id" ->
          named instanceof JsonValue.Text text
              ? id(at + "/job_id", text.text())
              : error(at + "/job_id", "type", "Expected the id of a job");
      case "index" -> index(at + "/index", named);
      case "client_ref" -> clientRef(at + "/client_ref", named);
      default -> error(at, "unknown-field", "Expected one of job_id, index, client_ref");
    };
  }

  private @Nullable JobId id(String at, String text) {
    try {
      return JobId.parse(text);
    } catch (IllegalArgumentException e) {
      return error(at, "format", "Expected the id of a job");
    }
  }

  private @Nullable JobId index(String at, JsonValue value) {
    int before = siblings.earlier().size();
    if (!siblings.isBatch()) {
      return error(at, "batch-only", "Expected job_id, since there are no other entries");
    }
    if (!(value instanceof JsonValue.Numeral number)
        || !number.literal().matches("0|[1-9][0-9]{0,3}")
        || Integer.parseInt(number.literal()) >= before) {
      return error(at, "not-earlier", "Expected the index of an earlier entry");
    }
    return accepted(at, Integer.parseInt(number.literal()));
  }

  private @Nullable JobId clientRef(String at, JsonValue value) {
    if (!siblings.isBatch()) {
      return error(at, "batch-only", "Expected job_id, since there are no other entries");
    }
    if (!(value instanceof JsonValue.Text text)) {
      return error(at, "type", "Expected a string, but got " + value.kind().words());
    }
    List<Integer> named =
        IntStream.range(0, siblings.earlier().size())
            .filter(i -> text.text().equals(siblings.earlier().get(i).clientRef()))
            .boxed()
            .toList();
    if (named.size() != 1) {
      return error(
          at,
          named.isEmpty() ? "not-earlier" : "ambiguous",
          "Expected the client_ref of one earlier entry, but " + named.size() + " have it");
    }
    return accepted(at, named.getFirst());
  }

  private @Nullable JobId accepted(String at, int index) {
    JobId parent = siblings.earlier().get(index).job();
    return parent == null
        ? error(
            at,
            "parent-refused",
            "Expected entry "
                + index
                + " to be accepted, since this one depends on it, but it was"
                + " refused")
        : parent;
  }

  private @Nullable JobId error(String at, String code, String detail) {
    job.errorBelow(at, code, detail);
    return null;
  }
}
