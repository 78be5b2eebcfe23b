package dev.muster.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;

/**
 * Ahead-of-time caches of the JDK (JEP 483, 514, 515), one per service: classes loaded and linked,
 * and profiles, from a training run. They make a start cheaper and are never needed: one that does
 * not fit is ignored by the JVM.
 *
 * @param distribution what the caches are for
 * @param training whether this run writes them
 */
record AotCaches(Distribution distribution, boolean training) {
  /** The JVM flags for a component; none when there is no cache for it. */
  List<String> flags(Component component) throws IOException {
    Path cache = cache(component);
    if (training) {
      boolean first = !component.declaresGpus();
      Files.createDirectories(cache.getParent());
      return first ? List.of("-XX:AOTCacheOutput=" + cache, "-Xlog:aot=off,aot*=off") : List.of();
    }
    return isFresh(component, cache)
        ? List.of("-XX:AOTCache=" + cache, "-Xlog:aot=off,aot*=off")
        : List.of();
  }

  /** Whether any cache is missing or older than what it was made of. */
  boolean isIncomplete() throws IOException {
    for (Component component : Component.values()) {
      if (component != Component.POSTGRES && !isFresh(component, cache(component))) {
        return true;
      }
    }
    return false;
  }

  /** Whether a training run for this very build was begun already. */
  boolean wasTried() throws IOException {
    if (!Files.exists(tried())) {
      return false;
    }
    for (Component component : Component.values()) {
      if (component != Component.POSTGRES && !isFresh(component, tried())) {
        return false;
      }
    }
    return true;
  }

  /** Notes that one begins. */
  void noteTry() throws IOException {
    Files.writeString(tried(), "");
    Files.setLastModifiedTime(tried(), FileTime.from(Instant.now()));
  }

  private Path tried() {
    return distribution.home().resolve("target/aot/tried");
  }

  private boolean isFresh(Component component, Path cache) throws IOException {
    return Files.exists(cache) && time(cache).compareTo(time(source(component))) > 0;
  }

  private Path source(Component component) throws IOException {
    return component.isService()
        ? distribution.serviceJar(component)
        : distribution.home().resolve("deploy/local/target/lib");
  }

  private static FileTime time(Path file) throws IOException {
    return Files.getLastModifiedTime(file);
  }

  private Path cache(Component component) {
    return distribution.home().resolve("target/aot").resolve(component.service() + ".aot");
  }
}
