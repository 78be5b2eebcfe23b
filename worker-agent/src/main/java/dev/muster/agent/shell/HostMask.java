package dev.muster.agent.shell;

import dev.muster.agent.output.Mask;
import dev.muster.agent.output.Mask.Rule;
import dev.muster.contracts.id.AttemptRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * What users must not learn of this host from what their commands print (S2-43, S2-44): its name,
 * the agent's folder, the identities of its devices. Documents of users, results and progress, are
 * not touched: they stay as the command wrote them, byte for byte.
 */
final class HostMask {
  private static final Logger LOG = Logger.getLogger(HostMask.class);

  /** What users see instead of the agent's folder and of an attempt's folder in it. */
  static final String WORK = "/work";

  private static final String ROOT = "/worker";
  private static final String HOST = "worker";
  private static final Set<String> COMMON_HOSTS = Set.of("localhost", "worker");

  private final Path root;
  private final Set<Path> works = new LinkedHashSet<>();
  private final List<String> devices;
  private final String host;

  /**
   * @param root the agent's folder, absolute
   * @param work where attempts have their folders
   * @param devices the identities of all devices of the host
   */
  HostMask(Path root, Path work, List<String> devices) {
    this.root = root;
    this.devices = List.copyOf(devices);
    this.host = hostName();
    works.add(work);
    works.add(real(work));
  }

  /** What is hidden from an attempt; the devices it was granted are told apart by their number. */
  Mask of(AttemptRef ref, List<String> granted) {
    List<Rule> rules = new ArrayList<>();
    for (Path work : works) {
      rules.add(new Rule(WorkFolder.of(work, ref).path().toString(), WORK, false));
    }
    rules.add(new Rule(root.toString(), ROOT, false));
    rules.add(new Rule(real(root).toString(), ROOT, false));
    for (int i = 0; i < granted.size(); i++) {
      rules.add(new Rule(granted.get(i), "GPU-" + i, true));
    }
    for (String device : devices) {
      if (!granted.contains(device)) {
        rules.add(new Rule(device, "GPU-of-another", true));
      }
    }
    if (!COMMON_HOSTS.contains(host)) {
      rules.add(new Rule(host, HOST, true));
    }
    return new Mask(rules);
  }

  /** The path that getcwd(2) would tell. */
  private static Path real(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      LOG.warnf("Expected to resolve the data folder, but %s; output may show its path", e);
      return folder;
    }
  }

  private static String hostName() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      LOG.warnf("Expected to read the host's name, but %s; output may show it", e);
      return "";
    }
  }
}
