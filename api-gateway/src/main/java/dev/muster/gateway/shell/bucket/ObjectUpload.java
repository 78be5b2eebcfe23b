package dev.muster.gateway.shell.bucket;

import dev.muster.gateway.shell.blob.BlobParts;
import java.time.Instant;

/**
 * An upload in parts that an S3 client has begun.
 *
 * @param id its id
 * @param key the object that it will be
 * @param session the file that it fills
 * @param contentType what its writer says it is
 * @param createdAt when it was begun
 */
public record ObjectUpload(
    String id, String key, BlobParts.Session session, String contentType, Instant createdAt) {}
