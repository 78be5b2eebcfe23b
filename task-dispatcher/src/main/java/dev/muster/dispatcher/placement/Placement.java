package dev.muster.dispatcher.placement;

import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.worker.GpuDevice;
import java.util.List;

/**
 * A place for one attempt.
 *
 * @param worker the worker
 * @param devices the GPUs it gets there
 */
public record Placement(WorkerId worker, List<GpuDevice> devices) {
  public Placement {
    devices = List.copyOf(devices);
  }
}
