package dev.muster.gateway.bucket;

/**
 * A bucket as the API shows it.
 *
 * @param bucket its name for S3 clients
 * @param endpoint where S3 clients find it, on this host
 * @param region the region for which they sign; any other does as well
 * @param usedBytes bytes of its objects
 * @param quotaBytes most bytes that may be written
 */
public record BucketView(
    String bucket, String endpoint, String region, long usedBytes, long quotaBytes) {
  /** The view of a bucket. */
  public static BucketView of(BucketUsage usage) {
    return new BucketView(usage.alias(), "/s3", "garage", usage.usedBytes(), usage.quotaBytes());
  }
}
