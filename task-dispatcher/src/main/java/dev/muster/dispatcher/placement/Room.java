package dev.muster.dispatcher.placement;

import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.worker.Capacity;
import dev.muster.contracts.worker.GpuDevice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What a worker has free. Cores are counted in thousandths, so that taking and giving back leaves
 * no rounding behind.
 *
 * @param worker whose room it is
 * @param milliCpus thousandths of a core
 * @param memoryMb main memory in MiB
 * @param storageMb disk in MiB
 * @param gpus free devices
 * @param slots attempts it may still hold, whatever they need
 */
public record Room(
    WorkerId worker,
    long milliCpus,
    long memoryMb,
    long storageMb,
    List<GpuDevice> gpus,
    int slots) {
  /** Most attempts a worker holds at once: bounds a request that asks for nothing. */
  public static final int SLOTS_MAX = 512;

  public Room {
    gpus = List.copyOf(gpus);
  }

  /** The room of a worker that holds nothing. */
  public static Room empty(WorkerId worker, Capacity capacity) {
    return new Room(
        worker,
        Math.round(capacity.cpus() * 1000),
        capacity.memoryMb(),
        capacity.storageMb(),
        capacity.gpus(),
        SLOTS_MAX);
  }

  /** Whether one attempt with these minimums fits. */
  public boolean fits(ResourceRequest request) {
    return slots > 0
        && milliCpus >= milliCpus(request)
        && memoryMb >= request.memoryMb()
        && storageMb >= request.storageMb()
        && (request.gpus() == 0 || matching(request) >= request.gpus());
  }

  /** How many attempts with these minimums fit side by side. */
  public int times(ResourceRequest request) {
    long times = slots;
    if (milliCpus(request) > 0) {
      times = Math.min(times, milliCpus / milliCpus(request));
    }
    if (request.memoryMb() > 0) {
      times = Math.min(times, memoryMb / request.memoryMb());
    }
    if (request.storageMb() > 0) {
      times = Math.min(times, storageMb / request.storageMb());
    }
    if (request.gpus() > 0) {
      times = Math.min(times, matching(request) / request.gpus());
    }
    return (int) Math.max(times, 0);
  }

  /** The devices an attempt gets: of those that match, the ones with the least memory. */
  public List<GpuDevice> choose(ResourceRequest request) {
    if (request.gpus() == 0) {
      return List.of();
    }
    return gpus.stream()
        .filter(device -> matches(device, request))
        .sorted(Comparator.comparingLong(GpuDevice::memoryMb).thenComparing(GpuDevice::uuid))
        .limit(request.gpus())
        .toList();
  }

  /** What is left after an attempt got these devices. */
  public Room minus(ResourceRequest request, List<GpuDevice> devices) {
    List<GpuDevice> left = gpus;
    if (!devices.isEmpty()) {
      left = new ArrayList<>(gpus);
      left.removeAll(devices);
    }
    return new Room(
        worker,
        milliCpus - milliCpus(request),
        memoryMb - request.memoryMb(),
        storageMb - request.storageMb(),
        left,
        slots - 1);
  }

  /** What is free after an attempt gave these devices back. */
  public Room plus(ResourceRequest request, List<GpuDevice> devices) {
    List<GpuDevice> more = gpus;
    if (!devices.isEmpty()) {
      more = new ArrayList<>(gpus);
      more.addAll(devices);
    }
    return new Room(
        worker,
        milliCpus + milliCpus(request),
        memoryMb + request.memoryMb(),
        storageMb + request.storageMb(),
        more,
        slots + 1);
  }

  private static long milliCpus(ResourceRequest request) {
    return (long) Math.ceil(request.cpus() * 1000);
  }

  private int matching(ResourceRequest request) {
    int count = 0;
    for (GpuDevice device : gpus) {
      if (matches(device, request)) {
        count++;
      }
    }
    return count;
  }

  private static boolean matches(GpuDevice device, ResourceRequest request) {
    String model = request.gpuModel();
    return device.memoryMb() >= request.gpuMemoryMb()
        && (model == null
            || device.model().toLowerCase(Locale.ROOT).contains(model.toLowerCase(Locale.ROOT)));
  }
}
