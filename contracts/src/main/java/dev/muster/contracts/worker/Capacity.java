package dev.muster.contracts.worker;

import java.util.List;

/**
 * What a worker gives to attempts, all told; what is free is this less what its leases hold.
 *
 * @param cpus cores
 * @param memoryMb main memory in MiB
 * @param storageMb disk for work folders in MiB
 * @param gpus devices
 */
public record Capacity(double cpus, long memoryMb, long storageMb, List<GpuDevice> gpus) {
  public Capacity {
    gpus = List.copyOf(gpus);
  }
}
