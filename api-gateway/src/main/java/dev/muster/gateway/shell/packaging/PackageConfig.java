package dev.muster.gateway.shell.packaging;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Settings of result packages. */
@ConfigMapping(prefix = "gateway.package")
public interface PackageConfig {
  /**
   * Where the Ed25519 key pair is that signs manifests; made when it is missing, and the same for
   * all gateways. Default: {@code signing-key} beside the key file.
   */
  Optional<Path> signingKeyFile();

  /**
   * How long after a job's end its package is built at the earliest: what its commands wrote last
   * is still on its way then.
   */
  @WithDefault("1s")
  Duration settle();

  /** How long a request waits for a package that is being built before it is told to come again. */
  @WithDefault("20s")
  Duration waitMax();

  /** How often jobs with files are looked for that have ended. */
  @WithDefault("2s")
  Duration poll();

  /** Packages that one gateway builds at once; each holds some hundred KiB of memory. */
  @WithDefault("2")
  int buildsMax();

  /** Files of tasks in one package; those beyond are counted in the manifest. */
  @WithDefault("100000")
  int filesMax();
}
