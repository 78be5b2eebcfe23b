package dev.muster.contracts.job;

import org.jspecify.annotations.Nullable;

/**
 * The least a worker must have free for one attempt (S2-15: minimums, not exact picks).
 *
 * @param gpus whole devices, 0 to 64
 * @param gpuMemoryMb memory of each device in MiB, 0 for any
 * @param gpuModel a part of the device's model name, compared without case; null for any
 * @param cpus cores, 0 to 1,024; 0 counts as a share that is not tracked
 * @param memoryMb main memory in MiB
 * @param storageMb free disk in MiB (S2-16)
 */
public record ResourceRequest(
    int gpus,
    long gpuMemoryMb,
    @Nullable String gpuModel,
    double cpus,
    long memoryMb,
    long storageMb) {
  /** What a submission without requirements asks for: one core, nothing else. */
  public static final ResourceRequest DEFAULT = new ResourceRequest(0, 0, null, 1, 0, 0);

  public ResourceRequest {
    if (gpus < 0 || gpuMemoryMb < 0 || cpus < 0 || memoryMb < 0 || storageMb < 0) {
      throw new IllegalArgumentException("Expected a request without negative amounts");
    }
  }
}
