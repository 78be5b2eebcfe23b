package dev.muster.agent.shell;

import dev.muster.contracts.id.AttemptRef;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one attempt, fresh for each, named by ids alone, deleted afterwards.
 *
 * @param path the folder, where the command starts
 */
record WorkFolder(Path path) {
  private static final Set<PosixFilePermission> OWNER_ALL =
      PosixFilePermissions.fromString("rwx------");
  private static final FileAttribute<?> FOLDER = PosixFilePermissions.asFileAttribute(OWNER_ALL);
  private static final FileAttribute<?> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /** The folder an attempt has, whether it is there or not. */
  static WorkFolder of(Path work, AttemptRef ref) {
    return new WorkFolder(work.resolve(ref.job().value() + "-" + ref.index() + "-" + ref.epoch()));
  }

  /** Makes the folder with its payload file, which only the owner can read. */
  static WorkFolder create(Path work, AttemptRef ref, String payload) throws IOException {
    WorkFolder folder = of(work, ref);
    folder.delete();
    Files.createDirectory(folder.path, FOLDER);
    Files.createDirectory(folder.home(), FOLDER);
    Files.createDirectory(folder.temporary(), FOLDER);
    Files.createDirectory(folder.artifacts(), FOLDER);
    try (var channel =
        Files.newByteChannel(
            folder.payload(),
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            FILE)) {
      channel.write(ByteBuffer.wrap(payload.getBytes(StandardCharsets.UTF_8)));
    }
    return folder;
  }

  /** Its name, which no other attempt has. */
  String name() {
    return path.getFileName().toString();
  }

  Path payload() {
    return path.resolve("payload.json");
  }

  Path result() {
    return path.resolve("result.json");
  }

  /** Where a command that fails can say why. */
  Path error() {
    return path.resolve("error.json");
  }

  /** The attempt's copy of its project, where its command starts then. */
  Path project() {
    return path.resolve("project");
  }

  /** What the command leaves here is kept when it succeeds. */
  Path artifacts() {
    return path.resolve("artifacts");
  }

  Path home() {
    return path.resolve("home");
  }

  Path temporary() {
    return path.resolve("tmp");
  }

  /** Deletes the folder and all in it; links are deleted, never followed. */
  void delete() throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    deleteTree(path);
  }

  static void deleteTree(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            // A folder that its owner may not list: give the right back, then go in.
            if (!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
              throw failure;
            }
            Files.setPosixFilePermissions(file, OWNER_ALL);
            deleteTree(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
