package dev.muster.agent.shell.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * A control group per command (cgroups(7)), where the host lets this process make some: whatever a
 * command started can be killed by one write, whether or not it kept its session and environment,
 * and its number of processes is bounded. One more layer: a process that may write to the groups,
 * such as root's, can leave them, and one that forks before it was put into its group stays out.
 */
public final class ControlGroups {
  private static final Logger LOG = Logger.getLogger(ControlGroups.class);
  private static final String PROCESSES = "cgroup.procs";
  private static final String KILL = "cgroup.kill";
  private static final String PROCESSES_MAX = "pids.max";

  private static final AtomicInteger OPENED = new AtomicInteger();

  private final List<Folder> folders;
  private final int processesMax;

  /** Groups that still had processes when they were to be removed. */
  private final Set<String> lingering = ConcurrentHashMap.newKeySet();

  /**
   * A folder whose folders are the groups of commands.
   *
   * @param kills whether its groups can be killed
   * @param bounds whether its groups bound the number of processes
   */
  private record Folder(Path path, boolean kills, boolean bounds) {}

  private ControlGroups(List<Folder> folders, int processesMax) {
    this.folders = folders;
    this.processesMax = processesMax;
  }

  /** Without any group. */
  public static ControlGroups none() {
    return new ControlGroups(List.of(), 0);
  }

  /**
   * Makes a folder for the groups in each hierarchy that allows it: version 2, which can kill, and
   * version 1's {@code pids} where version 2 has no such controller.
   *
   * @param name of the folder, together with this process's number
   * @param processesMax most processes and threads of one command
   */
  public static ControlGroups open(String name, int processesMax) {
    List<Folder> folders = new ArrayList<>();
    for (Path parent : Hierarchies.ofThisProcess()) {
      try {
        removeLeftovers(parent, name);
        Path folder =
            Files.createDirectory(
                parent.resolve(
                    name + "-" + ProcessHandle.current().pid() + "-" + OPENED.incrementAndGet()));
        if (Hierarchies.canBeUsed(parent, folder)) {
          folders.add(
              new Folder(
                  folder, Files.exists(folder.resolve(KILL)), Hierarchies.boundsProcesses(folder)));
        } else {
          Files.delete(folder);
        }
      } catch (IOException e) {
        LOG.debugf("Expected to make control groups in %s, but %s", parent, e);
      }
    }
    return new ControlGroups(List.copyOf(folders), processesMax);
  }

  /** What they do, in words for a log. */
  public String describe() {
    List<String> words = new ArrayList<>();
    if (!killable().isEmpty()) {
      words.add("cgroup.kill");
    }
    if (folders.stream().anyMatch(Folder::bounds)) {
      words.add("at most " + processesMax + " processes per command");
    }
    return words.isEmpty() ? "none" : String.join(", ", words);
  }

  /** The folder whose groups can be killed, or blank. */
  public String killable() {
    return folders.stream()
        .filter(Folder::kills)
        .map(folder -> folder.path().toString())
        .findFirst()
        .orElse("");
  }

  /** Makes the group of a command that is about to start. */
  public void make(String command) {
    for (Folder folder : folders) {
      Path group = folder.path().resolve(command);
      try {
        Files.createDirectory(group);
        if (folder.bounds()) {
          Files.writeString(
              group.resolve(PROCESSES_MAX),
              Integer.toString(processesMax),
              StandardOpenOption.WRITE);
        }
      } catch (IOException e) {
        LOG.warnf("Expected to make a control group, but %s; going on without it", e);
      }
    }
  }

  /** Puts a process that was just started into its group, with all that it will start. */
  public void join(String command, int pid) {
    for (Folder folder : folders) {
      try {
        Files.writeString(
            folder.path().resolve(command).resolve(PROCESSES),
            Integer.toString(pid),
            StandardOpenOption.WRITE);
      } catch (IOException e) {
        LOG.debugf("Expected a command to live when it joins its group, but %s", e);
      }
    }
  }

  /** Kills whatever is in a command's group. */
  public void kill(String command) {
    for (Folder folder : folders) {
      if (!folder.kills()) {
        continue;
      }
      try {
        Files.writeString(
            folder.path().resolve(command).resolve(KILL), "1", StandardOpenOption.WRITE);
      } catch (NoSuchFileException e) {
        LOG.tracef("The group of %s is gone already", command);
      } catch (IOException e) {
        LOG.warnf("Expected to kill a control group, but %s; other layers go on", e);
      }
    }
  }

  /** Removes a command's group, later where a process of it is still about to end. */
  public void remove(String command) {
    if (!tryRemove(command)) {
      lingering.add(command);
    }
  }

  /** Tries once more to remove what could not be removed. */
  public void sweep() {
    lingering.removeIf(command -> {
      kill(command);
      return tryRemove(command);
    });
  }

  /** Removes what is empty, this process's own folders too. */
  public void close() {
    sweep();
    for (Folder folder : folders) {
      removeEmpty(folder.path());
    }
  }

  /** Folders of processes that are dead; what still runs in them keeps its own. */
  private static void removeLeftovers(Path parent, String name) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, name + "-*")) {
      for (Path folder : folders) {
        String[] numbers = folder.getFileName().toString().substring(name.length() + 1).split("-");
        if (numbers.length == 2 && !Files.exists(Path.of("/proc", numbers[0]))) {
          removeEmpty(folder);
        }
      }
    }
  }

  private static void removeEmpty(Path folder) {
    try (DirectoryStream<Path> groups = Files.newDirectoryStream(folder, Files::isDirectory)) {
      for (Path group : groups) {
        Files.delete(group);
      }
      Files.delete(folder);
    } catch (IOException e) {
      LOG.debugf("Expected to remove former control groups, but %s", e);
    }
  }

  private boolean tryRemove(String command) {
    boolean removed = true;
    for (Folder folder : folders) {
      try {
        Files.delete(folder.path().resolve(command));
      } catch (NoSuchFileException e) {
        LOG.tracef("The group of %s is gone already", command);
      } catch (IOException e) {
        removed = false;
      }
    }
    return removed;
  }
}
