package dev.muster.local;

import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** {@code logs}: what a component printed. */
final class LogsCommand {
  private static final int CHUNK_BYTES = 64 * 1024;

  private LogsCommand() {}

  /**
   * Prints a log.
   *
   * @param log the file
   * @param follow whether to go on with what is added, until the user interrupts
   */
  static void run(Path log, boolean follow, PrintStream out) throws IOException {
    if (!Files.exists(log)) {
      throw new IOException("Expected a log at " + log + ", but the stack was never started here");
    }
    long position = copy(log, 0, out);
    while (follow && !out.checkError()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      long size = Files.exists(log) ? Files.size(log) : position;
      // A shorter file is a new one: the old one was set aside.
      position = copy(log, size < position ? 0 : position, out);
    }
  }

  private static long copy(Path log, long from, PrintStream out) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(from);
      byte[] chunk = new byte[CHUNK_BYTES];
      for (int n = file.read(chunk); n > 0; n = file.read(chunk)) {
        out.write(chunk, 0, n);
      }
      out.flush();
      return file.getFilePointer();
    }
  }
}
