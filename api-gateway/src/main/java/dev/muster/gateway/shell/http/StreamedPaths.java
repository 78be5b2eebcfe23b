package dev.muster.gateway.shell.http;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The paths whose bodies go into the store as they come, and may therefore be larger than what the
 * gateway is ready to look into.
 */
final class StreamedPaths {
  private static final List<Pattern> PATHS =
      List.of(
          Pattern.compile("/api/v1/artifacts"),
          Pattern.compile("/api/v1/artifacts/uploads/[^/]+/parts/[^/]+"),
          Pattern.compile("/api/v1/projects/[^/]+/push"),
          Pattern.compile("/api/v1/storage/object"),
          Pattern.compile("/upload/v1/[^/]+"),
          Pattern.compile("/worker/v1/artifacts"),
          Pattern.compile("/s3/.*"));

  private StreamedPaths() {}

  static boolean contains(@Nullable String path) {
    return path != null && PATHS.stream().anyMatch(pattern -> pattern.matcher(path).matches());
  }
}
