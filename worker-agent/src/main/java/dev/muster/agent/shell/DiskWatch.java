package dev.muster.agent.shell;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jboss.logging.Logger;

/**
 * Whether the disk of the work folders has room for more. A worker without any would fail whatever
 * it is given, so it takes nothing until there is room again. Room is back only when there is half
 * as much more, so that a disk at the border does not make it change its mind all the time.
 */
final class DiskWatch {
  private static final Logger LOG = Logger.getLogger(DiskWatch.class);

  private final Usable usable;
  private final long floorBytes;
  private boolean full;

  /** Tells how many bytes can still be written. */
  @FunctionalInterface
  interface Usable {
    /** The bytes. */
    long bytes() throws IOException;
  }

  /**
   * @param floorBytes least room that a worker needs to take work; 0 for no limit
   */
  DiskWatch(Usable usable, long floorBytes) {
    this.usable = usable;
    this.floorBytes = floorBytes;
  }

  /** Watches the disk of a folder. */
  static DiskWatch of(Path folder, long floorBytes) {
    return new DiskWatch(
        () -> {
          FileStore store = Files.getFileStore(folder);
          return store.getUsableSpace();
        },
        floorBytes);
  }

  /** Whether there is too little room, as of now. */
  synchronized boolean isFull() {
    long free;
    try {
      free = usable.bytes();
    } catch (IOException e) {
      LOG.warnf("Expected to know the room on the disk, but %s; it counts as before", e);
      return full;
    }
    boolean now = free < (full ? floorBytes + floorBytes / 2 : floorBytes);
    if (now != full) {
      LOG.warnf(
          now
              ? "There is too little room on the disk, %d bytes: this worker takes no work until"
                  + " there is more"
              : "There is room on the disk again, %d bytes: this worker takes work",
          free);
    }
    full = now;
    return now;
  }
}
