package dev.muster.agent.shell;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.worker.GangPlace;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a gang's member finds in its environment, under the names that torchrun uses (PyTorch's
 * documentation of torchrun, "Environment Variables"). Each member is a node of its own with one
 * process, since it sees only the devices it was granted: its local rank is 0.
 */
final class GangEnvironment {
  private GangEnvironment() {}

  static Map<String, String> of(AttemptRef ref, GangPlace place) {
    String rank = Integer.toString(place.rank());
    String size = Integer.toString(place.members().size());
    String master = place.members().getFirst();
    int colon = master.lastIndexOf(':');
    Map<String, String> all = new LinkedHashMap<>();
    all.put("RANK", rank);
    all.put("WORLD_SIZE", size);
    all.put("LOCAL_RANK", "0");
    all.put("LOCAL_WORLD_SIZE", "1");
    all.put("GROUP_RANK", rank);
    all.put("GROUP_WORLD_SIZE", size);
    all.put("ROLE_RANK", rank);
    all.put("ROLE_WORLD_SIZE", size);
    all.put("MASTER_ADDR", withoutBrackets(master.substring(0, colon)));
    all.put("MASTER_PORT", master.substring(colon + 1));
    all.put("TORCHELASTIC_RESTART_COUNT", Integer.toString(ref.attempt() - 1));
    all.put("TORCHELASTIC_RUN_ID", ref.job().external() + "-" + (ref.index() - place.rank()));
    all.put("MUSTER_GANG_MEMBERS", String.join(",", place.members()));
    return all;
  }

  private static String withoutBrackets(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}
