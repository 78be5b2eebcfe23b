package dev.muster.agent.shell;

import com.sun.management.OperatingSystemMXBean;
import dev.muster.agent.device.DeclaredGpus;
import dev.muster.contracts.worker.Capacity;
import dev.muster.contracts.worker.GpuDevice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jboss.logging.Logger;

/** What the host has, less what the settings hold back. */
final class HostInventory {
  private static final Logger LOG = Logger.getLogger(HostInventory.class);
  private static final long MIB = 1024 * 1024;

  private HostInventory() {}

  /** The capacity to offer; the driver's GPUs where there are any, else the declared ones. */
  static Capacity of(AgentConfig config, Path dataFolder) {
    List<GpuDevice> gpus = NvmlProbe.devices();
    return new Capacity(
        config.cpus().orElse(Runtime.getRuntime().availableProcessors()),
        config.memoryMb().orElseGet(HostInventory::memoryMb),
        config.storageMb().orElseGet(() -> storageMb(dataFolder)),
        gpus.isEmpty() ? DeclaredGpus.parse(config.gpus().orElse(""), config.workerId()) : gpus);
  }

  /** The address of the host's own name; the loopback's where the name has none. */
  static String address() {
    try {
      return InetAddress.getLocalHost().getHostAddress();
    } catch (UnknownHostException e) {
      LOG.warnf("Expected the host's name to have an address, but %s", e.getMessage());
      return InetAddress.getLoopbackAddress().getHostAddress();
    }
  }

  private static long memoryMb() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getTotalMemorySize() / MIB
        : Runtime.getRuntime().maxMemory() / MIB;
  }

  private static long storageMb(Path folder) {
    try {
      return Files.getFileStore(folder).getUsableSpace() / MIB;
    } catch (IOException e) {
      throw new UncheckedIOException("Expected to measure the free disk, but it failed", e);
    }
  }
}
