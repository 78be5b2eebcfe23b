package dev.muster.gateway.shell.stream;

import dev.muster.contracts.id.JobId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes of jobs in the words of streams, kept for a while: after a restart of the gateway a
 * thousand readers come back at once, and most of them missed the same. Only changes of jobs that
 * go on are kept, since nothing that happens later changes how those are told.
 */
final class Retold {
  /** The least recently told ones are forgotten beyond this. */
  private static final int BYTES_MAX = 8 * 1024 * 1024;

  private final Map<Key, List<Entry.Message>> kept = new LinkedHashMap<>(256, 0.75f, true);
  private long bytes;

  /**
   * A change in one form.
   *
   * @param seq its number among those of its job
   * @param line whether in the short form, for streams of many jobs
   */
  record Key(JobId job, long seq, boolean line) {}

  synchronized @Nullable List<Entry.Message> get(Key key) {
    return kept.get(key);
  }

  synchronized void put(Key key, List<Entry.Message> messages) {
    bytes += weight(messages) - weight(kept.put(key, messages));
    Iterator<List<Entry.Message>> eldest = kept.values().iterator();
    while (bytes > BYTES_MAX) {
      bytes -= weight(eldest.next());
      eldest.remove();
    }
  }

  private static long weight(@Nullable List<Entry.Message> messages) {
    return messages == null ? 0 : messages.stream().mapToLong(m -> m.json().length).sum();
  }
}
