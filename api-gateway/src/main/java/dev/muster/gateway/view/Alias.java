package dev.muster.gateway.view;

import java.util.HexFormat;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The names under which one tenant sees workers: the same worker always has the same one, it
 * says nothing of the host, and another tenant sees another one, so that two tenants cannot find
 * out that they share a host.
 */
public final class Alias {
  private final Function<String, byte[]> mac;
  private final String tenant;

  /**
   * @param mac a message authentication code under the gateway's secret; without it nobody can try
   *     names of hosts until one fits
   * @param tenant who looks
   */
  public Alias(Function<String, byte[]> mac, String tenant) {
    this.mac = mac;
    this.tenant = tenant;
  }

  /** The alias of a worker, {@code w-} and eight hexadecimal digits, or null for none. */
  public @Nullable String of(@Nullable String worker) {
    return worker == null
        ? null
        : "w-"
            + HexFormat.of().formatHex(mac.apply("worker-alias\n" + tenant + "\n" + worker), 0, 4);
  }
}
