package dev.muster.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

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

  /** Unpacked programs. */
  public Path cache() {
    return root.resolve("cache");
  }

  /**
   * Waits until no other command changes this stack.
   *
   * @return closing it lets others in
   */
  public FileChannel lock() throws IOException {
    FileChannel channel =
        FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = channel.lock();
    if (!lock.isValid()) {
      throw new IOException("Expected to lock " + root + ", but the lock is gone");
    }
    return channel;
  }
}
