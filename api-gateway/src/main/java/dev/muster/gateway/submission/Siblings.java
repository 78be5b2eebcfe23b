package dev.muster.gateway.submission;

import dev.muster.contracts.id.JobId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a batch that stand before the one that is read: only those may it depend on, so
 * that no circle is possible. A submission of its own has none.
 */
public final class Siblings {
  private final boolean batch;
  private final List<Entry> earlier = new ArrayList<>();

  /**
   * An entry that was read.
   *
   * @param job the id it gets; null when it was refused
   * @param clientRef the user's reference, if there is one that can be read
   */
  public record Entry(@Nullable JobId job, @Nullable String clientRef) {}

  private Siblings(boolean batch) {
    this.batch = batch;
  }

  /** A submission of its own. */
  public static Siblings none() {
    return new Siblings(false);
  }

  /** The entries of a batch, none of which was read yet. */
  public static Siblings ofBatch() {
    return new Siblings(true);
  }

  /** Takes the next entry in. */
  public void add(Entry entry) {
    earlier.add(entry);
  }

  /** Whether a job of this id is an earlier entry. */
  public boolean contains(JobId job) {
    return earlier.stream().anyMatch(entry -> job.equals(entry.job()));
  }

  boolean isBatch() {
    return batch;
  }

  List<Entry> earlier() {
    return earlier;
  }
}
