package dev.muster.contracts.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Which files the attempts of a job may have from the gateway, and leave with it.
 *
 * @param key the job's secret, 64 hexadecimal digits, under which the right of each attempt is
 *     signed; the dispatcher has it, workers never do
 * @param project the project revision that runs, if the job names one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FileAccess(@Nullable String key, @Nullable ProjectRef project) {
  /** The same without the secret. */
  public FileAccess withoutKey() {
    return new FileAccess(null, project);
  }
}
