package dev.muster.gateway.key;

import dev.muster.gateway.submission.FieldError;
import java.util.List;

/**
 * What the body of a request turned out to be.
 *
 * @param <T> what it asks for when it is valid
 */
public sealed interface Checked<T> {
  /** It is valid. */
  record Valid<T>(T value) implements Checked<T> {}

  /**
   * It is not.
   *
   * @param errors everything that is wrong, at least one
   */
  record Invalid<T>(List<FieldError> errors) implements Checked<T> {
    public Invalid {
      errors = List.copyOf(errors);
    }
  }
}
