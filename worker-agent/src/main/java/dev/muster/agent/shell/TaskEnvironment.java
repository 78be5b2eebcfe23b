package dev.muster.agent.shell;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.worker.MailEvent;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The environment of a command: these variables and no other, nothing of the agent's own. The path
 * of the payload is in it, unique per attempt, and marks every descendant that inherits it.
 */
final class TaskEnvironment {
  private static final String MARKER = "MUSTER_TASK_PAYLOAD";

  private TaskEnvironment() {}

  static Map<String, String> of(
      String path,
      WorkFolder folder,
      AttemptRef ref,
      MailEvent.Assignment lease,
      @Nullable String traceparent) {
    List<String> devices = lease.devices();
    String payload = folder.payload().toString();
    String result = folder.result().toString();
    Map<String, String> all = new LinkedHashMap<>();
    all.put("PATH", path);
    all.put("HOME", folder.home().toString());
    all.put("TMPDIR", folder.temporary().toString());
    all.put("LANG", "C.UTF-8");
    all.put("TERM", "dumb");
    all.put("CI", "true");
    all.put("PYTHONUNBUFFERED", "1");
    all.put(MARKER, payload);
    all.put("MUSTER_TASK_RESULT", result);
    all.put("MUSTER_TASK_ERROR", folder.error().toString());
    all.put("COMPUTALOT_TASK_PAYLOAD", payload);
    all.put("COMPUTALOT_TASK_RESULT", result);
    all.put("MUSTER_ARTIFACTS_DIR", folder.artifacts().toString());
    all.put("COMPUTALOT_ARTIFACTS_DIR", folder.artifacts().toString());
    all.put("MUSTER_JOB_ID", ref.job().external());
    all.put("MUSTER_TASK_INDEX", Integer.toString(ref.index()));
    all.put("MUSTER_ATTEMPT", Integer.toString(ref.attempt()));
    all.put("MUSTER_LEASE_EPOCH", Long.toString(ref.epoch()));
    all.put("CUDA_VISIBLE_DEVICES", String.join(",", devices));
    all.put("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
    all.put("NVIDIA_VISIBLE_DEVICES", devices.isEmpty() ? "void" : String.join(",", devices));
    if (lease.gang() != null) {
      all.putAll(GangEnvironment.of(ref, lease.gang()));
    }
    if (traceparent != null) {
      all.put("TRACEPARENT", traceparent);
    }
    return all;
  }

  /** What makes a process known as the attempt's that has this folder. */
  static Map<String, String> mark(WorkFolder folder) {
    return Map.of(MARKER, folder.payload().toString());
  }

  /** Whether an environment was inherited from an attempt in this folder. */
  static boolean marks(String environment, WorkFolder folder) {
    return environment.contains(MARKER + "=" + folder.payload() + "\0");
  }

  /** What environments of attempts under this folder of work folders contain. */
  static String marker(Path work) {
    return MARKER + "=" + work + "/";
  }

  /** Whether an environment was inherited from any attempt under this folder of work folders. */
  static boolean marksAny(String environment, Path work) {
    return environment.contains(marker(work));
  }
}
