package dev.muster.agent.shell.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToLongFunction;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Folders that are made once and used by many attempts, named by what they hold. A folder counts
 * when its mark is there, which is written last; what has none is made anew. When all together grow
 * beyond the limit, those that were not used for longest go, but none that is in use.
 */
final class ContentCache {
  private static final Logger LOG = Logger.getLogger(ContentCache.class);

  private final Path root;
  private final long bytesMax;

  /** How many use a folder or wait for it; the key's entry is also its lock. Guarded by this. */
  private final Map<String, Users> users = new HashMap<>();

  private static final class Users {
    private int count;
  }

  ContentCache(Path root, long bytesMax) {
    this.root = root;
    this.bytesMax = bytesMax;
  }

  /** Makes what a folder holds. */
  @FunctionalInterface
  interface Maker<F> {
    /** Fills the empty folder; anything but null says why it cannot be. */
    @Nullable F fill(Path folder) throws IOException;
  }

  /**
   * A folder while it is used, or why there is none.
   *
   * @param folder the folder
   * @param failure what the maker said
   * @param release to be run when the folder is needed no more
   */
  record Use<F>(@Nullable Path folder, @Nullable F failure, Runnable release) {}

  /**
   * Finds a folder or has it made, once for however many ask at the same time.
   *
   * @param key hexadecimal digits
   */
  <F> Use<F> use(String key, Maker<F> maker) throws IOException {
    Users mine = enter(key);
    boolean kept = false;
    try {
      synchronized (mine) {
        Path folder = root.resolve(key);
        Path mark = root.resolve(key + ".made");
        if (!Files.exists(mark)) {
          delete(folder);
          Files.createDirectories(folder);
          F failure = maker.fill(folder);
          if (failure != null) {
            delete(folder);
            return new Use<>(null, failure, () -> {});
          }
          write(mark, bytes(folder));
          evict();
        }
        Files.setLastModifiedTime(mark, FileTime.from(Instant.now()));
        kept = true;
        return new Use<>(folder, null, once(key));
      }
    } finally {
      if (!kept) {
        leave(key);
      }
    }
  }

  /** A mark is there whole or not at all: half of one would say something else. */
  private void write(Path mark, long bytes) throws IOException {
    Path fresh = root.resolve(mark.getFileName() + ".new");
    Files.writeString(fresh, Long.toString(bytes));
    Files.move(fresh, mark, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Giving back twice is giving back once. */
  private Runnable once(String key) {
    AtomicBoolean given = new AtomicBoolean();
    return () -> {
      if (given.compareAndSet(false, true)) {
        leave(key);
      }
    };
  }

  private synchronized Users enter(String key) {
    Users entry = users.computeIfAbsent(key, any -> new Users());
    entry.count++;
    return entry;
  }

  private synchronized void leave(String key) {
    Users entry = users.get(key);
    if (entry != null && --entry.count == 0) {
      users.remove(key);
    }
  }

  private synchronized void evict() throws IOException {
    record Made(String key, Path mark, long bytes, FileTime used) {}
    List<Made> all = new ArrayList<>();
    try (var marks = Files.newDirectoryStream(root, "*.made")) {
      for (Path mark : marks) {
        String file = mark.getFileName().toString();
        all.add(
            new Made(
                file.substring(0, file.length() - ".made".length()),
                mark,
                Long.parseLong(Files.readString(mark).strip()),
                Files.getLastModifiedTime(mark)));
      }
    }
    ToLongFunction<Made> size = Made::bytes;
    long total = all.stream().mapToLong(size).sum();
    all.sort(Comparator.comparing(Made::used));
    for (Made oldest : all) {
      if (total <= bytesMax) {
        return;
      }
      if (!users.containsKey(oldest.key())) {
        Files.deleteIfExists(oldest.mark());
        delete(root.resolve(oldest.key()));
        total -= oldest.bytes();
        LOG.debugf("%s is evicted from the cache", oldest.key());
      }
    }
  }

  private static long bytes(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .mapToLong(file -> {
            try {
              return Files.size(file);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          })
          .sum();
    }
  }

  /** Deletes a folder and all in it; links are deleted, never followed. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path one, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(one);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
