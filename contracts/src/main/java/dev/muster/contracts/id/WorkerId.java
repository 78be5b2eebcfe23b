package dev.muster.contracts.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The identity of a worker: 1 to 64 of lower-case letters, digits, dot, dash; chosen by whoever
 * runs the host. Never shown to tenants.
 */
public record WorkerId(@JsonValue String value) implements Comparable<WorkerId> {
  private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}");

  /**
   * @throws IllegalArgumentException when the value has another form
   */
  @JsonCreator
  public WorkerId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "Expected a worker id of the form " + FORM + ", but got another");
    }
  }

  @Override
  public int compareTo(WorkerId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
