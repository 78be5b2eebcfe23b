package dev.muster.gateway.bucket;

import java.time.Instant;

/**
 * An object as the API shows it.
 *
 * @param key its key
 * @param sizeBytes its size
 * @param sha256 SHA-256 of its bytes, 64 hexadecimal digits
 * @param contentType what its writer says it is
 * @param modifiedAt when it was written
 */
public record ObjectView(
    String key, long sizeBytes, String sha256, String contentType, Instant modifiedAt) {
  /** The view of an object. */
  public static ObjectView of(StoredObject object) {
    return new ObjectView(
        object.key(),
        object.bytes(),
        object.digest().hex(),
        object.contentType(),
        object.modifiedAt());
  }
}
