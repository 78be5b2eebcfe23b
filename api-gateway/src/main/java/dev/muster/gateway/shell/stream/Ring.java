package dev.muster.gateway.shell.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The newest entries of a channel, for all its streams. A stream remembers its mark; what was
 * pushed out before a slow one came to read it is lost to that one alone, and costs no memory.
 */
final class Ring {
  static final int ENTRIES_MAX = 1_024;
  private static final int SLICE_MAX = 256;

  private final @Nullable Entry[] entries = new Entry[ENTRIES_MAX];
  private Mark first = new Mark(0, 0);
  private Mark end = first;
  private long bytes;

  /**
   * A place in the ring.
   *
   * @param index entries before it
   * @param telemetry of these, those that cannot be read again
   */
  record Mark(long index, long telemetry) {
    Mark after(Entry entry) {
      return new Mark(index + 1, telemetry + (entry instanceof Entry.Telemetry ? 1 : 0));
    }
  }

  /**
   * What lies after a mark.
   *
   * @param entries the entries
   * @param next the mark after them
   * @param lost whether entries before them are gone
   * @param telemetryLost of these, those that cannot be read again
   */
  record Slice(List<Entry> entries, Mark next, boolean lost, long telemetryLost) {}

  /** Adds entries and lets the oldest go beyond the bound; the newest always stays. */
  synchronized void append(List<? extends Entry> added, long bytesMax) {
    for (Entry entry : added) {
      if (end.index() - first.index() == ENTRIES_MAX) {
        removeFirst();
      }
      entries[slot(end.index())] = entry;
      end = end.after(entry);
      bytes += entry.weight();
      while (bytes > bytesMax && end.index() - first.index() > 1) {
        removeFirst();
      }
    }
  }

  private void removeFirst() {
    int slot = slot(first.index());
    Entry gone = Objects.requireNonNull(entries[slot]);
    entries[slot] = null;
    bytes -= gone.weight();
    first = first.after(gone);
  }

  private static int slot(long index) {
    return (int) (index % ENTRIES_MAX);
  }

  /** The place after the newest entry. */
  synchronized Mark end() {
    return end;
  }

  /** The next entries after the mark, oldest first. */
  synchronized Slice read(Mark mark) {
    boolean lost = mark.index() < first.index();
    Mark next = lost ? first : mark;
    List<Entry> slice = new ArrayList<>();
    while (next.index() < end.index() && slice.size() < SLICE_MAX) {
      Entry entry = Objects.requireNonNull(entries[slot(next.index())]);
      slice.add(entry);
      next = next.after(entry);
    }
    return new Slice(slice, next, lost, lost ? first.telemetry() - mark.telemetry() : 0);
  }
}
