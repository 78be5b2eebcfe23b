package dev.muster.agent.attempt;

/** Why a command is killed before its own end, from the weakest cause to the strongest. */
public enum StopCause {
  /** It ran longer than its job allows. */
  TIMEOUT,
  /** The agent stops. */
  SHUTDOWN,
  /** Its job was cancelled. */
  CANCELLED,
  /** Its lease ran out by the agent's own clock: somebody else may run the task by now. */
  FENCED,
  /** Its epoch is not current any more: somebody else has the task. */
  STALE
}
