package dev.muster.gateway.shell.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Settings of the store of bytes. */
@ConfigMapping(prefix = "gateway.store")
public interface StoreConfig {
  /** Where the bytes lie. */
  enum Kind {
    /** In {@link StoreConfig#folder()}. */
    LOCAL,
    /** In a bucket that speaks S3. */
    S3
  }

  /** Which store. Moving from one to the other moves no bytes. */
  @WithDefault("local")
  Kind kind();

  /**
   * The folder of the local store; several gateways need one that all of them see. Default: {@code
   * store} beside the key file, else in the working folder.
   */
  Optional<Path> folder();

  /** The store of kind s3. */
  S3 s3();

  /** Largest file in one request or one upload in parts, in bytes. */
  @WithDefault("1099511627776")
  long fileBytesMax();

  /** Bytes of a part of an upload; the last one may be smaller. Parts are at most 10,000. */
  @WithDefault("67108864")
  long partBytes();

  /** Files that one attempt may leave. */
  @WithDefault("1000")
  int filesPerAttemptMax();

  /** Most bytes of a user's bucket. */
  @WithDefault("107374182400")
  long bucketBytesMax();

  /** Largest archive of a project, in bytes. */
  @WithDefault("2147483648")
  long projectBytesMax();

  /** How long an upload in parts may take. */
  @WithDefault("24h")
  Duration uploadLife();

  /** How long a file that belongs to nobody stays after its writer's last sign of life. */
  @WithDefault("1h")
  Duration abandonedAfter();

  /** How long bytes stay after their last reference is gone, for those who still read them. */
  @WithDefault("10m")
  Duration releasedAfter();

  /** How often the collector looks. */
  @WithDefault("30s")
  Duration collectEvery();

  /** A bucket that speaks S3. */
  interface S3 {
    /** The address, when it is not Amazon's. */
    Optional<URI> endpoint();

    /** The region. */
    @WithDefault("us-east-1")
    String region();

    /** The bucket; it must exist. */
    Optional<String> bucket();

    /** What every key begins with. */
    Optional<String> prefix();

    /** Access key; without one, the SDK looks where it always does. */
    Optional<String> accessKeyId();

    /** Secret of the access key. */
    Optional<String> secretAccessKey();

    /** Whether the bucket is in the path and not in the host's name. */
    @WithDefault("true")
    boolean pathStyle();
  }
}
