package dev.muster.gateway.bucket;

import org.jspecify.annotations.Nullable;

/**
 * Which objects to list, in the order of their keys' bytes.
 *
 * @param prefix what keys begin with
 * @param delimiter what ends a folder's name; empty for none
 * @param after keys behind this one, and behind all of it when it is a folder that was told; null
 *     for the beginning
 * @param max most keys and folders, from 0
 */
public record ListWish(String prefix, String delimiter, @Nullable String after, int max) {
  /** The folder that a key is told as, or null when it is told itself. */
  public @Nullable String folder(String key) {
    if (delimiter.isEmpty()) {
      return null;
    }
    int end = key.indexOf(delimiter, prefix.length());
    return end < 0 ? null : key.substring(0, end + delimiter.length());
  }
}
