package dev.muster.agent.shell.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/** Where this process stands in the host's trees of control groups, from procfs (proc(5)). */
final class Hierarchies {
  private static final Logger LOG = Logger.getLogger(Hierarchies.class);
  private static final String CONTROLLERS = "cgroup.controllers";
  private static final String SUBTREE = "cgroup.subtree_control";
  private static final String PIDS = "pids";

  private Hierarchies() {}

  /** The group of this process in version 2 and, unless that bounds processes, in pids. */
  static List<Path> ofThisProcess() {
    List<Path> groups = new ArrayList<>();
    try {
      List<String> mounts = Files.readAllLines(Path.of("/proc/self/mountinfo"));
      List<String> own = Files.readAllLines(Path.of("/proc/self/cgroup"));
      Path unified = group(mounts, "cgroup2", "", own, "0::");
      if (unified != null) {
        groups.add(unified);
      }
      if (unified == null || !offers(unified)) {
        Path pids = group(mounts, "cgroup", PIDS, own, ":" + PIDS + ":");
        if (pids != null) {
          groups.add(pids);
        }
      }
    } catch (IOException e) {
      LOG.debugf("Expected to find control groups, but %s", e);
    }
    return groups;
  }

  /**
   * Whether commands can be put into groups of this folder; asks for the controller on the way.
   *
   * @param parent the group of this process
   * @param folder the one that was made in it
   */
  static boolean canBeUsed(Path parent, Path folder) {
    if (offers(parent)) {
      enable(parent);
      enable(folder);
    }
    return Files.exists(folder.resolve("cgroup.kill")) || boundsProcesses(folder);
  }

  /** Whether groups in this folder have a bound of processes. */
  static boolean boundsProcesses(Path folder) {
    return Files.exists(folder.resolve("pids.max")) && (!isUnified(folder) || hasPids(folder));
  }

  private static boolean hasPids(Path folder) {
    return read(folder.resolve(SUBTREE)).contains(PIDS);
  }

  private static boolean isUnified(Path folder) {
    return Files.exists(folder.resolve(SUBTREE));
  }

  private static boolean offers(Path group) {
    return read(group.resolve(CONTROLLERS)).contains(PIDS);
  }

  /** A group with processes of its own refuses this, unless it is the root. */
  private static void enable(Path group) {
    try {
      Files.writeString(group.resolve(SUBTREE), "+" + PIDS);
    } catch (IOException e) {
      LOG.debugf("Expected to bound processes below %s, but %s", group, e);
    }
  }

  private static @org.jspecify.annotations.Nullable Path group(
      List<String> mounts, String type, String controller, List<String> own, String line) {
    for (String mount : mounts) {
      String[] halves = mount.split(" - ", 2);
      String[] source = halves.length < 2 ? new String[0] : halves[1].split(" ");
      if (source.length > 2
          && source[0].equals(type)
          && (controller.isEmpty() || List.of(source[2].split(",")).contains(controller))) {
        Path root = Path.of(halves[0].split(" ")[4]);
        for (String each : own) {
          int at = each.indexOf(line);
          if (at >= 0) {
            Path group = root.resolve("." + each.substring(at + line.length())).normalize();
            return Files.isWritable(group) ? group : null;
          }
        }
      }
    }
    return null;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }
}
