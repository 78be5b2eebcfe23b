package dev.muster.contracts.money;

import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.worker.GpuDevice;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a second of each kind of device costs. All amounts are billionths of a US dollar (nanos),
 * whole numbers, so that sums are exact in any order; each device of an attempt is rounded half up
 * once, which is off by half a nano at most.
 *
 * @param nanosPerSecond price of a second by class: {@link #CPU} is one core, {@link #GPU} any GPU
 *     that no other class names, and every other class is a part of a GPU's model name, compared
 *     without case; of several that fit the longest counts, the first by name among equals
 */
public record PriceList(Map<String, Long> nanosPerSecond) {
  /** The class of processor cores. */
  public static final String CPU = "cpu";

  /** The class of GPUs without a class of their own. */
  public static final String GPU = "gpu";

  /** Most that is held for one job: a billion dollars, far from where a long would overflow. */
  public static final long HOLD_MAX = 1_000_000_000_000_000_000L;

  private static final BigInteger MILLIS_PER_SECOND = BigInteger.valueOf(1_000);

  /** Everything for nothing. */
  public static final PriceList FREE = new PriceList(Map.of());

  public PriceList {
    Map<String, Long> lower = new TreeMap<>();
    nanosPerSecond.forEach((name, price) -> {
      if (price < 0) {
        throw new IllegalArgumentException(
            "Expected a price of " + name + " from 0, but got " + price);
      }
      lower.put(name.toLowerCase(Locale.ROOT), price);
    });
    nanosPerSecond = Map.copyOf(lower);
  }

  /** What one core costs a second. */
  public long core() {
    return nanosPerSecond.getOrDefault(CPU, 0L);
  }

  /** The class of a GPU: the longest name that is a part of its model, else {@link #GPU}. */
  public String classOf(String model) {
    String lower = model.toLowerCase(Locale.ROOT);
    String found = GPU;
    boolean named = false;
    for (String name : nanosPerSecond.keySet()) {
      boolean fits = !name.equals(CPU) && !name.equals(GPU) && lower.contains(name);
      boolean better =
          name.length() > found.length()
              || (name.length() == found.length() && name.compareTo(found) < 0);
      if (fits && (!named || better)) {
        found = name;
        named = true;
      }
    }
    return found;
  }

  /** What a GPU of this model costs a second. */
  public long device(String model) {
    return nanosPerSecond.getOrDefault(classOf(model), 0L);
  }

  /**
   * What an attempt costs: every device and the cores for as long as it ran.
   *
   * @param devices the GPUs it had
   * @param cpus cores, counted in thousandths
   * @param millis how long it ran
   */
  public long attempt(List<GpuDevice> devices, double cpus, long millis) {
    long sum = cores(cpus, millis);
    for (GpuDevice device : devices) {
      sum = Math.addExact(sum, device(device.model(), millis));
    }
    return sum;
  }

  /** What one GPU of this model costs for so long. */
  public long device(String model, long millis) {
    return rounded(BigInteger.valueOf(device(model)), BigInteger.valueOf(millis));
  }

  /** What so many cores cost for so long. */
  public long cores(double cpus, long millis) {
    return rounded(
        BigInteger.valueOf(core()).multiply(BigInteger.valueOf(Math.round(cpus * 1_000))),
        BigInteger.valueOf(millis),
        BigInteger.valueOf(1_000_000));
  }

  /**
   * What is set aside for a job before it runs: one attempt of each task, each for so long, at most
   * {@link #HOLD_MAX}.
   *
   * @param request what an attempt asks for; without a model the price is that of {@link #GPU}
   * @param tasks tasks that are to run
   * @param seconds how long each is expected to run at most
   */
  public long hold(ResourceRequest request, int tasks, long seconds) {
    @Nullable String model = request.gpuModel();
    BigInteger perTask =
        BigInteger.valueOf(device(model == null ? "" : model))
            .multiply(BigInteger.valueOf(request.gpus()))
            .multiply(BigInteger.valueOf(seconds))
            .add(BigInteger.valueOf(cores(request.cpus(), Math.multiplyExact(seconds, 1_000L))));
    return perTask
        .multiply(BigInteger.valueOf(tasks))
        .min(BigInteger.valueOf(HOLD_MAX))
        .longValueExact();
  }

  private static long rounded(BigInteger price, BigInteger millis) {
    return rounded(price, millis, MILLIS_PER_SECOND);
  }

  private static long rounded(BigInteger price, BigInteger millis, BigInteger divisor) {
    return price.multiply(millis).add(divisor.shiftRight(1)).divide(divisor).longValueExact();
  }
}
