package dev.muster.agent.attempt;

/** What was found at the path of the result file after the command's end. */
public sealed interface ResultReading {
  /**
   * A JSON document within the limits.
   *
   * @param text the document, as the command wrote it
   */
  record Valid(String text) implements ResultReading {}

  /** No file. */
  record Missing() implements ResultReading {}

  /**
   * Something else.
   *
   * @param reason what is wrong, one sentence
   */
  record Invalid(String reason) implements ResultReading {}
}
