package dev.muster.gateway.submission;

/** What a submission may be at most (reliability.md 4.0 and table E). */
public final class Limits {
  /** Elements of a plain array that are looked at; more are only counted. */
  public static final int ELEMENTS_KEPT = 1_000;

  /** Listed items of one job. */
  public static final int LISTED_ITEMS_MAX = 100_000;

  /** Tasks of one job, and chunks of one range. */
  public static final int TASKS_MAX = 1_000_000;

  /** Length of a range that is cut into chunks: integers that every JSON reader keeps exact. */
  public static final long RANGE_MAX = 1_000_000_000_000_000L;

  /** Items of one task. */
  public static final int BATCH_MAX = 100_000;

  /** Payload of one task in bytes. */
  public static final int PAYLOAD_BYTES_MAX = 256 * 1024;

  /** The {@code meta} document in bytes. */
  public static final int META_BYTES_MAX = 64 * 1024;

  /** The axes, points, strategies or inputs of one job, in bytes each. */
  public static final int DESIGN_BYTES_MAX = 64 * 1024;

  /** Payloads of all tasks of a sweep or benchmark together, in bytes: as much as a body lists. */
  public static final long LISTED_BYTES_MAX = 64L * 1024 * 1024;

  /** Items of one part of a listing, in bytes; a part holds one task at least. */
  public static final int PART_BYTES_MAX = 128 * 1024;

  /** Tasks of one part of a listing. */
  public static final int PART_TASKS_MAX = 1_000;

  /** Jobs that one job may wait for; as many as a batch can hold. */
  public static final int PARENTS_MAX = 200;

  /** Keys of one project's key-value store. */
  public static final int VALUES_MAX = 10_000;

  /** A value of the key-value store in bytes. */
  public static final int VALUE_BYTES_MAX = 64 * 1024;

  /** Jobs of one batch request. */
  public static final int BATCH_JOBS_MAX = 200;

  private Limits() {}
}
