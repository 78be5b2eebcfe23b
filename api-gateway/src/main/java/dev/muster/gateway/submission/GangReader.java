package dev.muster.gateway.submission;

import dev.muster.contracts.task.Gang;
import org.jspecify.annotations.Nullable;

/** Reads which tasks of a job run together (X-25, S0-19). */
final class GangReader {
  private GangReader() {}

  /**
   * @param taskCount tasks of the job
   */
  static @Nullable Gang read(FieldReader job, int taskCount) {
    FieldReader gang = job.object("gang");
    if (gang == null) {
      return null;
    }
    int size =
        (int) gang.integer("size", 1, Gang.SIZE_MAX, Math.clamp(taskCount, 1, Gang.SIZE_MAX));
    Boolean auto = gang.flag("auto_select_workers");
    Long workers = gang.integer("workers", 1, Gang.SIZE_MAX);
    gang.refuseUnknown();
    if (taskCount % size != 0) {
      gang.error(
          "size",
          "shard-count-mismatch",
          "Expected a number of tasks that is a multiple of the gang's "
              + size
              + " members, but there are "
              + taskCount);
    }
    boolean automatic = Boolean.TRUE.equals(auto);
    if (workers != null && !automatic && workers != size) {
      gang.error(
          "workers",
          "shard-count-mismatch",
          "Expected exactly "
              + size
              + " workers for a gang of "
              + size
              + ", or auto_select_workers, but got "
              + workers);
    }
    return new Gang(size, 0, workers != null || automatic);
  }
}
