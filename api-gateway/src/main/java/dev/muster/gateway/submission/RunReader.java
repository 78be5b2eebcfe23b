package dev.muster.gateway.submission;

import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.job.RetryPolicy;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what every attempt has in common: requirements, profile, retries. */
final class RunReader {
  private static final int MIB_PER_GIB = 1024;
  private static final int ARGUMENT_BYTES_MAX = 4096;

  private RunReader() {}

  /** {@code runner_command}: a program and its arguments. */
  static List<String> command(FieldReader job) {
    if (!job.has("runner_command")) {
      job.error("runner_command", "required", "Expected the command as an array of strings");
      return List.of();
    }
    List<String> command =
        job.texts(
            "runner_command",
            1,
            64,
            word -> word.getBytes(StandardCharsets.UTF_8).length <= ARGUMENT_BYTES_MAX,
            "a string of at most " + ARGUMENT_BYTES_MAX + " bytes");
    if (!command.isEmpty() && command.getFirst().isBlank()) {
      job.error("runner_command", "format", "Expected the first word to name a program");
    }
    return command;
  }

  static ResourceRequest requirements(FieldReader job) {
    String profile =
        job.text("profile", 8, word -> word.equals("cpu") || word.equals("gpu"), "cpu or gpu");
    FieldReader fields = job.object("requirements");
    if (fields == null) {
      return request("gpu".equals(profile) ? 1 : 0, null);
    }
    Long gpus = fields.integer("gpus", 0, 64);
    ResourceRequest request =
        request(gpus == null ? ("gpu".equals(profile) ? 1 : 0) : gpus.intValue(), fields);
    fields.refuseUnknown();
    if ("cpu".equals(profile) && request.gpus() > 0) {
      fields.error("gpus", "profile", "Expected no GPUs with the profile cpu");
    }
    if ("gpu".equals(profile) && request.gpus() == 0) {
      fields.error("gpus", "profile", "Expected at least 1 GPU with the profile gpu");
    }
    if (request.gpus() == 0 && (request.gpuMemoryMb() > 0 || request.gpuModel() != null)) {
      fields.error("gpus", "required", "Expected at least 1 GPU where a GPU is described");
    }
    return request;
  }

  private static ResourceRequest request(int gpus, @Nullable FieldReader fields) {
    if (fields == null) {
      return new ResourceRequest(gpus, 0, null, ResourceRequest.DEFAULT.cpus(), 0, 0);
    }
    return new ResourceRequest(
        gpus,
        mib(fields.decimal("gpu_memory_gb", 10_000, 0)),
        fields.text("gpu_model", 64),
        fields.decimal("cpus", 1_024, ResourceRequest.DEFAULT.cpus()),
        mib(fields.decimal("memory_gb", 100_000, 0)),
        mib(fields.decimal("storage_gb", 10_000_000, 0)));
  }

  /** Rounded up: a requirement is a minimum. */
  private static long mib(double gib) {
    return (long) Math.ceil(gib * MIB_PER_GIB);
  }

  /**
   * {@code retries}: a number means that many tries after the command's own failures; an object
   * sets each budget.
   */
  static RetryPolicy retries(FieldReader job) {
    RetryPolicy standard = RetryPolicy.DEFAULT;
    JsonValue value = job.value("retries");
    if (value == null) {
      return standard;
    }
    if (value instanceof JsonValue.Numeral) {
      long user = job.integer("retries", 0, 100, 0);
      return new RetryPolicy(
          standard.infrastructureMax(),
          (int) user,
          Set.of(),
          standard.backoffMillis(),
          standard.backoffMaxMillis());
    }
    FieldReader fields = job.object("retries");
    if (fields == null) {
      return standard;
    }
    int infrastructure =
        (int) fields.integer("infrastructure", 0, 100, standard.infrastructureMax());
    int user = (int) fields.integer("user", 0, 100, standard.userMax());
    Set<Integer> exitCodes = new HashSet<>();
    fields.integers("exit_codes", 255, 1, 255).forEach(code -> exitCodes.add(code.intValue()));
    long backoff = millis(fields, "backoff_s", standard.backoffMillis());
    long backoffMax =
        millis(fields, "backoff_max_s", Math.max(backoff, standard.backoffMaxMillis()));
    fields.refuseUnknown();
    if (backoffMax < backoff) {
      fields.error("backoff_max_s", "min", "Expected at least backoff_s");
    }
    return new RetryPolicy(infrastructure, user, exitCodes, backoff, backoffMax);
  }

  private static long millis(FieldReader fields, String name, long absent) {
    return Math.round(fields.decimal(name, 86_400, absent / 1000.0) * 1000);
  }
}
