package dev.muster.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where a stack keeps everything, {@code .muster/} of a folder.
 *
 * @param root the folder itself, absolute
 */
public record StackFolder(Path root) {
  /** The stack of the current folder. */
  public static StackFolder current() {
    return new StackFolder(Path.of(".muster").toAbsolutePath().normalize());
  }

  /** Creates the folder, for its owner's eyes only. */
  public void create() throws IOException {
    Files.createDirectories(root);
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
    Files.createDirectories(root.resolve("logs"));
    Files.createDirectories(root.resolve("pids"));
  }

  /** What a component keeps for ever. */
  public Path data(Component component) {
    return root.resolve("data").resolve(component.title());
  }

  /** What a component prints. */
  public Path log(Component component) {
    return root.resolve("logs").resolve(component.title() + ".log");
  }

  /** The process id of a component, for people and scripts; the truth is in {@link #state}. */
  public Path pid(Component component) {
    return root.resolve("pids").resolve(component.title() + ".pid");
  }

  /** Ports and processes. */
  public Path state() {
    return root.resolve("state.json");
  }

  /** The first API key, written by the gateway. */
  public Path apiKey() {
    return root.resolve("api-key");
  }

  /** The key that signing secrets of webhooks are encrypted with. */
  public Path webhookKey() {
    return root.resolve("data").resolve("webhook-key");
  }

  /** Unpacked programs. */
  public Path cache() {
    return root.resolve("cache");
  }

  /**
   * Waits until no other command, and no other thread of this one, changes this stack.
   *
   * @return closing it lets others in
   */
  public Lock lock() throws IOException {
    Lock.IN_THIS_JVM.lock();
    try {
      FileChannel channel =
          FileChannel.open(
              root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      return new Lock(channel, channel.lock());
    } catch (IOException | RuntimeException e) {
      Lock.IN_THIS_JVM.unlock();
      throw e;
    }
  }

  /**
   * The right to change the stack.
   *
   * @param channel the open lock file
   * @param file keeps other processes out
   */
  public record Lock(FileChannel channel, FileLock file) implements AutoCloseable {
    // Locks on files hold between processes only.
    private static final ReentrantLock IN_THIS_JVM = new ReentrantLock();

    @Override
    public void close() throws IOException {
      try {
        channel.close();
      } finally {
        IN_THIS_JVM.unlock();
      }
    }
  }
}
