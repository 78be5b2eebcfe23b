package dev.muster.consumer;

/** What a topic may bring. */
public enum Trial {
  /** Every job's events in order, the jobs mixed. */
  IN_ORDER,
  /** Events come again, at once and later. */
  REPEATS,
  /** Events of a job come in the wrong order, as they may after the topic was lost. */
  OVERTAKEN,
  /** One number never comes. */
  GAP,
  /** One number comes after all others. */
  LATE_FILL,
  /** A kind of a later release, within the numbers. */
  UNKNOWN_TYPE,
  /** Members and words of a later release. */
  UNKNOWN_FIELDS,
  /** Beside each event the same in a shape of a later version. */
  NEW_VERSION,
  /** Bodies that cannot be read. */
  UNREADABLE
}
