package dev.muster.gateway.shell.stream;

/** What a stream tells of what its channel brings. */
interface Teller {
  /** Tells how things stand, or what was missed, up to some moment after the channel was joined. */
  void begin(Sink sink) throws InterruptedException;

  /** Tells an entry, unless it is not for this stream or was told already. */
  void tell(Entry entry, Sink sink) throws InterruptedException;

  /** Entries were lost: what can be read again is told from the database. */
  void recover(Sink sink) throws InterruptedException;

  /** Whether nothing more will happen. */
  boolean isDone();
}
