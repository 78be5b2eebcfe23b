package dev.muster.kit.trace;

/**
 * One stretch of work in a trace. Names and attributes hold ids, counts and words of this
 * repository, never text of a user.
 */
public interface Span {
  /** W3C trace context for what this leads to. */
  String traceparent();

  /** Says more about it. */
  Span with(String attribute, String value);

  /** Says more about it. */
  Span with(String attribute, long value);

  /** Something happened now. */
  void event(String name);

  /** Gives it a better name than it began with. */
  void rename(String name);

  /** It ended well. */
  void end();

  /**
   * It ended, and did not do what it was for.
   *
   * @param errorType a word of a small set, such as the name of an error code
   */
  void fail(String errorType);
}
