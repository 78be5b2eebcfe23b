package dev.muster.agent.shell.files;

/** What became of a file on its way. */
sealed interface Transfer {
  /** It is there, whole and with the digest that the other side computed. */
  record Done() implements Transfer {}

  /**
   * It will never be: the task's owner must change something.
   *
   * @param reason one sentence
   */
  record Refused(String reason) implements Transfer {}

  /** The worker's disk has no room for it. */
  record Full() implements Transfer {}

  /** The attempt is not the current one; nothing it leaves or reports matters. */
  record Fenced() implements Transfer {}

  /**
   * The gateway did not answer for as long as the worker waits.
   *
   * @param reason one sentence
   */
  record Unreachable(String reason) implements Transfer {}
}
