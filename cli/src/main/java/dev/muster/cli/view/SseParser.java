package dev.muster.cli.view;

import org.jspecify.annotations.Nullable;

/**
 * Puts server-sent events together from lines, by the rules of the HTML standard, section 9.2.6.
 */
public final class SseParser {
  private String event = "";
  private @Nullable StringBuilder data;
  private @Nullable String pendingId;
  private @Nullable String lastEventId;
  private long retryMillis;

  /**
   * @param retryMillis delay before a reconnection until the server names one
   */
  public SseParser(long retryMillis) {
    this.retryMillis = retryMillis;
  }

  /**
   * One event.
   *
   * @param name its {@code event} field, {@code message} when it has none
   * @param data its data lines, joined by line ends
   */
  public record SseEvent(String name, String data) {}

  /**
   * Takes the next line, without its end.
   *
   * @return the event that this line completes, if it does
   */
  public @Nullable SseEvent line(String line) {
    if (line.isEmpty()) {
      SseEvent complete =
          data == null ? null : new SseEvent(event.isEmpty() ? "message" : event, data.toString());
      event = "";
      data = null;
      lastEventId = pendingId; // only now: an event cut off in the middle must come again
      return complete;
    }
    int colon = line.indexOf(':');
    String field = colon < 0 ? line : line.substring(0, colon);
    String value = colon < 0 ? "" : line.substring(colon + 1);
    field(field, value.startsWith(" ") ? value.substring(1) : value);
    return null;
  }

  private void field(String field, String value) {
    switch (field) {
      case "event" -> event = value;
      case "data" -> {
        if (data == null) {
          data = new StringBuilder(value);
        } else {
          data.append('\n').append(value);
        }
      }
      case "id" -> pendingId = value;
      case "retry" -> {
        if (!value.isEmpty()
            && value.length() < 9
            && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
          retryMillis = Long.parseLong(value);
        }
      }
      default -> {
        // A comment (empty field name) or a field of a later standard: to be ignored.
      }
    }
  }

  /** A new connection begins: what was half received is void, the last id stays. */
  public void reconnected() {
    event = "";
    data = null;
    pendingId = lastEventId;
  }

  /** The id to send as {@code Last-Event-ID}, if there was one. */
  public @Nullable String lastEventId() {
    return lastEventId;
  }

  /** How long to wait before the next connection. */
  public long retryMillis() {
    return retryMillis;
  }
}
