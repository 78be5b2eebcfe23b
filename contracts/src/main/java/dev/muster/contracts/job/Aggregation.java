package dev.muster.contracts.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is added up of a job's results while its tasks run, and when that is enough.
 *
 * @param fields top-level fields of the results that hold numbers, with different names; at least
 *     one
 * @param stopWhen any of these ends the job early; empty for none
 */
public record Aggregation(List<Field> fields, List<StopRule> stopWhen) {
  /**
   * A field that is followed.
   *
   * @param name its name
   * @param buckets buckets of equal width for its histogram; null for the fixed ones, whose width
   *     grows with the value
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Field(String name, @Nullable Linear buckets) {}

  /**
   * Buckets of equal width.
   *
   * @param from where the first begins
   * @param to where the last ends, above {@code from}
   * @param count how many, 1 to 256; what lies outside has a bucket on either side
   */
  public record Linear(double from, double to, int count) {}

  public Aggregation {
    fields = List.copyOf(fields);
    stopWhen = List.copyOf(stopWhen);
    if (fields.isEmpty()) {
      throw new IllegalArgumentException("Expected a field to follow, but there is none");
    }
  }
}
