package dev.muster.gateway.bucket;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a bucket.
 *
 * @param objects in the order of their keys' bytes
 * @param folders what other keys have in common up to the delimiter
 * @param next where the next page begins behind; null when this is the last one
 */
public record Listing(List<StoredObject> objects, List<String> folders, @Nullable String next) {
  public Listing {
    objects = List.copyOf(objects);
    folders = List.copyOf(folders);
  }
}
