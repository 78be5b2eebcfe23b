package dev.muster.gateway.submission;

import java.util.List;

/** What a request turned out to be. */
public sealed interface Parsed {
  /** It is valid. */
  record Accepted(Submission submission) implements Parsed {}

  /**
   * It is not.
   *
   * @param code what kind of problem it is as a whole
   * @param errors everything that is wrong, at least one
   */
  record Refused(String code, List<FieldError> errors) implements Parsed {
    public Refused {
      errors = List.copyOf(errors);
    }
  }
}
