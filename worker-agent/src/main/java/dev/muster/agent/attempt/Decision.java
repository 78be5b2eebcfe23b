package dev.muster.agent.attempt;

/** The answer to a command. */
public sealed interface Decision {
  /**
   * It happens.
   *
   * @param event what happens
   */
  record Accepted(AttemptEvent event) implements Decision {}

  /**
   * It changes nothing: it came late, twice, or does not apply.
   *
   * @param reason one sentence
   */
  record Rejected(String reason) implements Decision {}
}
