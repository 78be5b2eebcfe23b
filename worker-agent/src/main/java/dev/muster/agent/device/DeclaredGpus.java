package dev.muster.agent.device;

import dev.muster.contracts.worker.GpuDevice;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An inventory of GPUs that somebody declares, such as {@code 2xH100-80GB} or {@code
 * 4xA100-40GB,2xL4-24GB}, so that everything runs and can be shown on a host without one.
 */
public final class DeclaredGpus {
  private static final Pattern FORM =
      Pattern.compile("(?:(\\d{1,2})x)?([A-Za-z][A-Za-z0-9 .-]{0,40})-(\\d{1,4})GB");
  private static final int DEVICES_MAX = 64;
  private static final long MIB_PER_GB = 1024;

  private DeclaredGpus() {}

  /**
   * Reads a declaration.
   *
   * @param text the declaration; blank for none
   * @param worker the worker's id, from which the devices get identities that stay the same
   * @throws IllegalArgumentException when it has another form
   */
  public static List<GpuDevice> parse(String text, String worker) {
    List<GpuDevice> devices = new ArrayList<>();
    for (String part : text.isBlank() ? new String[0] : text.split(",", -1)) {
      Matcher matcher = FORM.matcher(part.strip());
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "Expected GPUs declared like 2xH100-80GB, but got '" + part + "'");
      }
      int count = matcher.group(1) == null ? 1 : Integer.parseInt(matcher.group(1));
      for (int i = 0; i < count; i++) {
        devices.add(
            new GpuDevice(
                uuid(worker, devices.size()),
                matcher.group(2) + " " + matcher.group(3) + "GB",
                Long.parseLong(matcher.group(3)) * MIB_PER_GB));
      }
    }
    if (devices.size() > DEVICES_MAX) {
      throw new IllegalArgumentException(
          "Expected at most " + DEVICES_MAX + " GPUs, but got " + devices.size());
    }
    return List.copyOf(devices);
  }

  private static String uuid(String worker, int ordinal) {
    byte[] name =
        ("muster-declared-gpu:" + worker + ":" + ordinal).getBytes(StandardCharsets.UTF_8);
    return "GPU-" + UUID.nameUUIDFromBytes(name);
  }
}
