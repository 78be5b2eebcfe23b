package dev.muster.agent.device;

import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.worker.Capacity;
import dev.muster.contracts.worker.GpuDevice;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What of the worker no running attempt holds. The dispatcher decides what runs where; this only
 * makes what it leased ahead wait its turn.
 *
 * @param cpus cores
 * @param memoryMb MiB
 * @param storageMb MiB
 * @param devices UUIDs of free GPUs
 */
public record FreeCapacity(double cpus, long memoryMb, long storageMb, Set<String> devices) {
  /** Sums of decimal fractions of cores are not exact. */
  private static final double CPU_TOLERANCE = 1e-6;

  public FreeCapacity {
    devices = Set.copyOf(devices);
  }

  /** All of it. */
  public static FreeCapacity of(Capacity capacity) {
    return new FreeCapacity(
        capacity.cpus(),
        capacity.memoryMb(),
        capacity.storageMb(),
        capacity.gpus().stream().map(GpuDevice::uuid).collect(Collectors.toUnmodifiableSet()));
  }

  /** Whether an attempt with these minimums and these granted devices can run now. */
  public boolean fits(ResourceRequest request, List<String> granted) {
    return request.cpus() <= cpus + CPU_TOLERANCE
        && request.memoryMb() <= memoryMb
        && request.storageMb() <= storageMb
        && devices.containsAll(granted);
  }

  /** What is left when it runs. */
  public FreeCapacity take(ResourceRequest request, List<String> granted) {
    return changed(request, -1, granted.isEmpty() ? devices : without(granted));
  }

  /** What is there again when it has ended. */
  public FreeCapacity give(ResourceRequest request, List<String> granted) {
    return changed(request, 1, granted.isEmpty() ? devices : with(granted));
  }

  private FreeCapacity changed(ResourceRequest request, int sign, Set<String> changedDevices) {
    return new FreeCapacity(
        cpus + sign * request.cpus(),
        memoryMb + sign * request.memoryMb(),
        storageMb + sign * request.storageMb(),
        changedDevices);
  }

  private Set<String> without(List<String> granted) {
    return devices.stream()
        .filter(device -> !granted.contains(device))
        .collect(Collectors.toUnmodifiableSet());
  }

  private Set<String> with(List<String> granted) {
    Set<String> joined = new HashSet<>(devices);
    joined.addAll(granted);
    return joined;
  }
}
