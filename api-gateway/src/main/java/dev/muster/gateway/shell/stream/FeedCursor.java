package dev.muster.gateway.shell.stream;

import dev.muster.gateway.feed.FeedPosition;
import dev.muster.gateway.shell.http.Cursors;
import org.jspecify.annotations.Nullable;

/** Positions as readers carry them: bound to their tenant, the same on every gateway. */
final class FeedCursor {
  private static final String LIST = "events";

  private FeedCursor() {}

  static String write(Cursors cursors, String tenant, FeedPosition position) {
    return cursors.write(tenant, LIST, position.text());
  }

  /** The position, or null without a cursor; refuses what is no cursor of this tenant. */
  static @Nullable FeedPosition read(Cursors cursors, String tenant, @Nullable String cursor) {
    String text = cursors.read(tenant, LIST, cursor);
    return text == null ? null : FeedPosition.parse(text);
  }
}
