package dev.muster.gateway.shell.stream;

import org.jspecify.annotations.Nullable;

/**
 * Where a stream writes. Every call may wait for the network, and none of them keeps more than a
 * few KiB: what cannot be written stays where it is.
 */
interface Sink {
  /** Writes the first byte: from here on the reader knows that it is connected. */
  void open() throws InterruptedException;

  /**
   * Tells one event.
   *
   * @param id the cursor after it, or null where it is none
   */
  void event(@Nullable String id, Entry.Message message) throws InterruptedException;

  /** Tells where the reader stands without telling anything. */
  void mark(String id) throws InterruptedException;

  /** Shows that the stream lives. */
  void heartbeat() throws InterruptedException;

  /** Hands everything to the network. */
  void flush() throws InterruptedException;

  /** Whether the reader is still there and keeps up. */
  boolean isOpen();
}
