package dev.muster.gateway.feed;

import java.util.ArrayList;
import java.util.List;

/**
 * Which transactions of the database had been committed at a moment, as {@code
 * pg_current_snapshot()} tells it. Snapshots of one database form a chain: of two, one has seen all
 * that the other has. So what lies between two of them is exact, however long a transaction took
 * between taking its numbers and its commit.
 *
 * @param xmin every transaction below it had ended
 * @param xmax no transaction from it on had ended
 * @param running the transactions between them that had not ended
 */
public record Snapshot(long xmin, long xmax, List<Long> running) {
  /** More transactions than this do not run at a time; a longer list is nobody's snapshot. */
  private static final int RUNNING_MAX = 10_000;

  public Snapshot {
    running = List.copyOf(running);
    if (xmin < 0 || xmax < xmin || running.size() > RUNNING_MAX) {
      throw new IllegalArgumentException("Expected a snapshot, but its bounds are in disorder");
    }
  }

  /**
   * Reads {@code xmin:xmax:xip,xip…}.
   *
   * @throws IllegalArgumentException when the text is no snapshot
   */
  public static Snapshot parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("Expected a snapshot of three parts, but it has others");
    }
    List<Long> running = new ArrayList<>();
    if (!parts[2].isEmpty()) {
      for (String one : parts[2].split(",", -1)) {
        running.add(Long.parseLong(one));
      }
    }
    return new Snapshot(Long.parseLong(parts[0]), Long.parseLong(parts[1]), running);
  }

  /** Whether what this transaction wrote was to be seen. */
  public boolean sees(long transaction) {
    return transaction < xmin || (transaction < xmax && !running.contains(transaction));
  }

  /** Whether everything that the other has seen was to be seen here as well. */
  public boolean covers(Snapshot other) {
    return xmax >= other.xmax && running.stream().noneMatch(other::sees);
  }

  /** The snapshot as PostgreSQL writes it. */
  public String text() {
    StringBuilder text = new StringBuilder().append(xmin).append(':').append(xmax).append(':');
    for (int i = 0; i < running.size(); i++) {
      text.append(i == 0 ? "" : ",").append(running.get(i));
    }
    return text.toString();
  }
}
