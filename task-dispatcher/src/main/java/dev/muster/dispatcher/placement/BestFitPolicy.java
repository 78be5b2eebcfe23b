package dev.muster.dispatcher.placement;

import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.worker.GpuDevice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The smallest hole that fits: fewest free GPUs first, then fewest cores, then least memory; ties
 * by name. Large holes stay whole for large requests, and work without GPUs keeps off GPU hosts as
 * long as others have room.
 */
public final class BestFitPolicy implements PlacementPolicy {
  private static final Comparator<Room> SMALLEST_HOLE =
      Comparator.comparingInt((Room room) -> room.gpus().size())
          .thenComparingLong(Room::milliCpus)
          .thenComparingLong(Room::memoryMb)
          .thenComparing(Room::worker);

  @Override
  public List<Placement> place(List<Room> rooms, ResourceRequest request, int wanted) {
    List<Room> fitting = new ArrayList<>();
    for (Room room : rooms) {
      if (room.fits(request)) {
        fitting.add(room);
      }
    }
    fitting.sort(SMALLEST_HOLE);
    List<Placement> places = new ArrayList<>(Math.min(wanted, 64));
    for (Room hole : fitting) {
      Room room = hole;
      while (places.size() < wanted && room.fits(request)) {
        List<GpuDevice> devices = room.choose(request);
        places.add(new Placement(room.worker(), devices));
        room = room.minus(request, devices);
      }
      if (places.size() == wanted) {
        break;
      }
    }
    return places;
  }
}
