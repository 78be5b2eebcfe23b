package dev.muster.dispatcher.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.worker.Capacity;
import dev.muster.contracts.worker.GpuDevice;
import dev.muster.testkit.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BestFitPolicyTest {
  private final BestFitPolicy policy = new BestFitPolicy();

  private static Room room(String name, double cpus, GpuDevice... gpus) {
    return Room.empty(new WorkerId(name), new Capacity(cpus, 1_000, 1_000, List.of(gpus)));
  }

  private static GpuDevice gpu(String uuid, String model, long memoryMb) {
    return new GpuDevice(uuid, model, memoryMb);
  }

  private static ResourceRequest cpus(double cpus) {
    return new ResourceRequest(0, 0, null, cpus, 0, 0);
  }

  @Test
  void smallestHoleThatFitsIsFilledFirst() {
    List<Placement> places = policy.place(List.of(room("a", 8), room("b", 2)), cpus(1), 3);

    assertThat(places).extracting(place -> place.worker().value()).containsExactly("b", "b", "a");
  }

  @Test
  void workWithoutGpusKeepsOffGpuHosts() {
    Room gpuHost = room("a", 2, gpu("g1", "H100", 80_000));

    List<Placement> places = policy.place(List.of(gpuHost, room("b", 64)), cpus(1), 1);

    assertThat(places).extracting(place -> place.worker().value()).containsExactly("b");
  }

  @Test
  void devicesMeetMemoryAndModelAndTheSmallestAreGiven() {
    Room host =
        room(
            "a",
            8,
            gpu("big", "NVIDIA H100 80GB", 80_000),
            gpu("other", "NVIDIA A10", 24_000),
            gpu("small", "NVIDIA H100 MIG", 40_000));
    ResourceRequest request = new ResourceRequest(1, 20_000, "h100", 1, 0, 0);

    List<Placement> places = policy.place(List.of(host), request, 1);

    assertThat(places.getFirst().devices()).extracting(GpuDevice::uuid).containsExactly("small");
  }

  @Test
  void requestThatFitsNowhereGetsNoPlace() {
    assertThat(policy.place(List.of(room("a", 4)), cpus(5), 1)).isEmpty();
    assertThat(policy.place(List.of(room("a", 4)), new ResourceRequest(1, 0, null, 1, 0, 0), 1))
        .isEmpty();
  }

  @Test
  void placesNeverExceedAnyRoom() {
    Seeds.forEach(
        2_000,
        random -> {
          List<Room> rooms = rooms(random);
          ResourceRequest request = request(random);

          List<Placement> places = policy.place(rooms, request, 1 + random.nextInt(30));

          Map<WorkerId, Room> left = new HashMap<>();
          rooms.forEach(room -> left.put(room.worker(), room));
          for (Placement place : places) {
            Room room = Objects.requireNonNull(left.get(place.worker()));
            assertThat(room.fits(request)).isTrue();
            assertThat(place.devices()).hasSize(request.gpus()).doesNotHaveDuplicates();
            assertThat(room.gpus()).containsAll(place.devices());
            left.put(place.worker(), room.minus(request, place.devices()));
          }
        });
  }

  @Test
  void whatIsGivenBackIsFreeAgain() {
    Seeds.forEach(
        500,
        random -> {
          Room room = rooms(random).getFirst();
          ResourceRequest request = request(random);
          if (room.fits(request)) {
            List<GpuDevice> devices = room.choose(request);

            Room again = room.minus(request, devices).plus(request, devices);

            assertThat(again.gpus()).containsExactlyInAnyOrderElementsOf(room.gpus());
            assertThat(again.milliCpus()).isEqualTo(room.milliCpus());
            assertThat(again.times(request)).isEqualTo(room.times(request)).isPositive();
          }
        });
  }

  private static List<Room> rooms(SplittableRandom random) {
    List<Room> rooms = new ArrayList<>();
    int count = 1 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      List<GpuDevice> gpus = new ArrayList<>();
      int devices = random.nextInt(9);
      for (int g = 0; g < devices; g++) {
        String model = random.nextBoolean() ? "NVIDIA H100" : "NVIDIA A10";
        gpus.add(gpu("g" + i + "-" + g, model, 20_000L * (1 + random.nextInt(4))));
      }
      rooms.add(
          Room.empty(
              new WorkerId("w" + i),
              new Capacity(
                  random.nextInt(64) + random.nextDouble(),
                  random.nextInt(100_000),
                  random.nextInt(100_000),
                  gpus)));
    }
    return rooms;
  }

  private static ResourceRequest request(SplittableRandom random) {
    return new ResourceRequest(
        random.nextInt(4),
        20_000L * random.nextInt(4),
        random.nextInt(3) == 0 ? "h100" : null,
        random.nextInt(8) / 2.0,
        random.nextInt(20_000),
        random.nextInt(20_000));
  }
}
