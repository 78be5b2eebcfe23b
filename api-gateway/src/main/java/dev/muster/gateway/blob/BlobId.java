package dev.muster.gateway.blob;

import dev.muster.contracts.id.JobId;

/**
 * The name of a file in the store: a ULID that the platform makes. It is never made of user text,
 * and never used twice, so deleting a file cannot meet another of the same name.
 *
 * @param value 26 characters of Crockford's base32
 */
public record BlobId(String value) {
  public BlobId {
    value = new JobId(value).value();
  }
}
