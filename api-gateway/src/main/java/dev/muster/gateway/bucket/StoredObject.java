package dev.muster.gateway.bucket;

import dev.muster.gateway.blob.Sha256;
import java.time.Instant;

/**
 * An object in a user's bucket.
 *
 * @param key its key
 * @param id of this version of it
 * @param digest SHA-256 of its bytes
 * @param bytes how many
 * @param contentType what its writer says it is; never believed
 * @param modifiedAt when it was written
 */
public record StoredObject(
    String key, String id, Sha256 digest, long bytes, String contentType, Instant modifiedAt) {
  /** Who holds the bytes of a version. */
  public static String owner(String id) {
    return "object/" + id;
  }
}
