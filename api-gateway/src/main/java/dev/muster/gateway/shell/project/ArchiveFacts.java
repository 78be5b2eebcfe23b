package dev.muster.gateway.shell.project;

import dev.muster.gateway.project.ProjectManifest;
import dev.muster.kit.archive.ArchiveRules;
import dev.muster.kit.archive.HostileArchiveException;
import dev.muster.kit.archive.TarGz;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was found in an archive whose every entry may be unpacked.
 *
 * @param files plain files in it
 * @param unpackedBytes their size
 * @param manifest the manifest at its root, as it is there
 * @param paths where its plain files are
 */
public record ArchiveFacts(
    int files, long unpackedBytes, @Nullable String manifest, Set<String> paths) {
  private static final int MANIFEST_BYTES_MAX = 256 * 1024;

  /**
   * Looks at every entry; nothing is unpacked.
   *
   * @throws HostileArchiveException when one must not be
   */
  public static ArchiveFacts of(InputStream archive, long archiveBytes) throws IOException {
    int[] files = {0};
    long[] bytes = {0};
    String[] manifest = {""};
    Set<String> paths = new HashSet<>();
    TarGz.walk(
        archive,
        archiveBytes,
        ArchiveRules.Limits.DEFAULT,
        (entry, content) -> {
          if (entry.kind() == ArchiveRules.Kind.FILE) {
            files[0]++;
            bytes[0] += entry.bytes();
            paths.add(ArchiveRules.path(entry.name()));
            if (ArchiveRules.path(entry.name()).equals(ProjectManifest.FILE)) {
              manifest[0] =
                  new String(content.readNBytes(MANIFEST_BYTES_MAX), StandardCharsets.UTF_8);
            }
          }
        });
    return new ArchiveFacts(
        files[0], bytes[0], manifest[0].isEmpty() ? null : manifest[0], Set.copyOf(paths));
  }
}
