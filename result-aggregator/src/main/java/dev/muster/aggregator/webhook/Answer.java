package dev.muster.aggregator.webhook;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an attempt came to. */
public sealed interface Answer {
  /**
   * The receiver answered.
   *
   * @param status its HTTP status; a redirect is an answer like any other and is not followed
   * @param retryAfter how long it asks us to wait, if it does
   */
  record Responded(int status, @Nullable Duration retryAfter) implements Answer {}

  /** There is no answer. */
  record Failed(Fault fault) implements Answer {}

  /** Why there is no answer. */
  enum Fault {
    /**
     * Refused, closed, silent, unknown name: one word for all, so that nobody learns from it what
     * is behind an address.
     */
    UNREACHABLE,
    /** The certificate or the handshake is not right. */
    TLS,
    /** The URL, or an address its name stands for, may not be called. */
    NOT_ALLOWED,
    /** The endpoint was deleted or disabled in the meantime. */
    ENDPOINT_DISABLED;

    /** The word in tables and answers. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
