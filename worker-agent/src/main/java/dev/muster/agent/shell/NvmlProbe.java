package dev.muster.agent.shell;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.muster.contracts.worker.GpuDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * The GPUs that NVIDIA's management library sees (NVML API reference: nvmlInit_v2,
 * nvmlDeviceGetCount_v2, nvmlDeviceGetHandleByIndex_v2, nvmlDeviceGetUUID, nvmlDeviceGetName,
 * nvmlDeviceGetMemoryInfo). A host without the library has none.
 */
final class NvmlProbe {
  private static final Logger LOG = Logger.getLogger(NvmlProbe.class);
  private static final String LIBRARY = "libnvidia-ml.so.1";
  private static final int TEXT_BYTES = 96;
  private static final long MIB = 1024 * 1024;

  private final Linker linker = Linker.nativeLinker();
  private final SymbolLookup library;
  private final Arena arena;

  private NvmlProbe(SymbolLookup library, Arena arena) {
    this.library = library;
    this.arena = arena;
  }

  /** Every device, or none when there is no driver. */
  static List<GpuDevice> devices() {
    return devices(LIBRARY);
  }

  static List<GpuDevice> devices(String libraryName) {
    try (Arena arena = Arena.ofConfined()) {
      return new NvmlProbe(SymbolLookup.libraryLookup(libraryName, arena), arena).probe();
    } catch (IllegalArgumentException e) {
      LOG.debugf("No NVIDIA driver: %s", e.getMessage());
      return List.of();
    }
  }

  private List<GpuDevice> probe() {
    if (call("nvmlInit_v2") != 0) {
      LOG.warn("Expected NVIDIA's driver to answer, but it did not; no GPUs are offered from it");
      return List.of();
    }
    try {
      MemorySegment count = arena.allocate(JAVA_INT);
      check("nvmlDeviceGetCount_v2", call("nvmlDeviceGetCount_v2", count));
      List<GpuDevice> devices = new ArrayList<>();
      for (int i = 0; i < count.get(JAVA_INT, 0); i++) {
        devices.add(device(i));
      }
      return devices;
    } finally {
      call("nvmlShutdown");
    }
  }

  private GpuDevice device(int index) {
    MemorySegment handle = arena.allocate(ADDRESS);
    check("nvmlDeviceGetHandleByIndex_v2", callIndexed(index, handle));
    MemorySegment device = handle.get(ADDRESS, 0);
    MemorySegment memory = arena.allocate(JAVA_LONG, 3);
    check("nvmlDeviceGetMemoryInfo", call("nvmlDeviceGetMemoryInfo", device, memory));
    return new GpuDevice(
        text("nvmlDeviceGetUUID", device),
        text("nvmlDeviceGetName", device),
        memory.getAtIndex(JAVA_LONG, 0) / MIB);
  }

  private String text(String function, MemorySegment device) {
    MemorySegment buffer = arena.allocate(TEXT_BYTES);
    try {
      check(
          function,
          (int)
              handle(function, ADDRESS, ADDRESS, JAVA_INT).invokeExact(device, buffer, TEXT_BYTES));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("Expected " + function + " to return, but it threw", e);
    }
    return buffer.getString(0);
  }

  private int callIndexed(int index, MemorySegment handle) {
    String function = "nvmlDeviceGetHandleByIndex_v2";
    try {
      return (int) handle(function, JAVA_INT, ADDRESS).invokeExact(index, handle);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("Expected " + function + " to return, but it threw", e);
    }
  }

  private int call(String function, MemorySegment... arguments) {
    MemoryLayout[] layouts = new MemoryLayout[arguments.length];
    Arrays.fill(layouts, ADDRESS);
    try {
      return (int) handle(function, layouts).invokeWithArguments((Object[]) arguments);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("Expected " + function + " to return, but it threw", e);
    }
  }

  private MethodHandle handle(String function, MemoryLayout... arguments) {
    return linker.downcallHandle(
        library
            .find(function)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "Expected NVIDIA's library to have " + function + ", but no")),
        FunctionDescriptor.of(JAVA_INT, arguments));
  }

  private static void check(String function, int answer) {
    if (answer != 0) {
      throw new IllegalArgumentException(
          "Expected " + function + " to succeed, but it answered " + answer);
    }
  }
}
