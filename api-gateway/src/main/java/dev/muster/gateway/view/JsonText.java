package dev.muster.gateway.view;

import org.jspecify.annotations.Nullable;

/**
 * A JSON document that is passed on byte for byte.
 *
 * @param text the document
 */
public record JsonText(String text) {
  /** The document, or null for none. */
  public static @Nullable JsonText of(@Nullable String text) {
    return text == null ? null : new JsonText(text);
  }
}
