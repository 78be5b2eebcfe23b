package dev.muster.gateway.bucket;

/**
 * A bucket and how full it is.
 *
 * @param alias its name for S3 clients
 * @param usedBytes bytes of its objects
 * @param quotaBytes most bytes that may be written
 */
public record BucketUsage(String alias, long usedBytes, long quotaBytes) {}
