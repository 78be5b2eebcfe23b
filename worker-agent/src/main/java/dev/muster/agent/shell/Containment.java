package dev.muster.agent.shell;

import dev.muster.agent.shell.process.Command;
import dev.muster.agent.shell.process.ControlGroups;
import dev.muster.agent.shell.process.Keeper;
import dev.muster.agent.shell.process.Orphans;
import dev.muster.agent.shell.process.Sandbox;
import dev.muster.agent.shell.process.StartFailedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Sees to it that no process of an attempt outlives it, in layers that need no right of each other:
 * the command's own session and process group (the launcher's), the marker that descendants inherit
 * in their environment, a control group where the host allows one, and a keeper for the case that
 * the agent itself dies.
 */
final class Containment implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Containment.class);
  private static final Duration ESCAPED_MAX = Duration.ofSeconds(2);
  private static final Duration LEFTOVERS_MAX = Duration.ofSeconds(5);
  private static final Duration SWEEP_MAX = Duration.ofMillis(100);

  private final Orphans orphans = new Orphans();
  private final Set<WorkFolder> live = ConcurrentHashMap.newKeySet();
  private final Path work;
  private final ControlGroups groups;
  private final Keeper keeper;
  private final Optional<Sandbox> sandbox;
  private boolean kept;

  /**
   * @param work where attempts have their folders; its path marks their processes
   */
  Containment(Path work, ControlGroups groups, Optional<Sandbox> sandbox) {
    this.work = work;
    this.groups = groups;
    this.sandbox = sandbox;
    this.keeper = new Keeper(work.toString(), TaskEnvironment.marker(work), groups.killable());
  }

  /**
   * Kills what a former agent left running, its keeper first, then guards against the same.
   *
   * @return how many processes were killed
   */
  int cleanUp() {
    int killed =
        orphans.killAnywhere(
            environment ->
                TaskEnvironment.marksAny(environment, work)
                    || Keeper.isOf(work.toString(), environment),
            LEFTOVERS_MAX);
    ensureKeeper();
    LOG.infof(
        "Commands are contained by session, process group and environment; keeper: %s; control"
            + " groups: %s",
        kept ? "yes" : "no", groups.describe());
    return killed;
  }

  /** An attempt is about to start in this folder. */
  void prepare(WorkFolder folder) {
    live.add(folder);
    groups.make(folder.name());
  }

  /**
   * The command as it is to be started: in the sandbox, where there is one.
   *
   * @param writable folders of the agent that it can read and write
   * @param readable folders of the agent that it can read
   */
  Command enclose(Command command, List<Path> writable, List<Path> readable)
      throws StartFailedException {
    return sandbox.isPresent() ? sandbox.get().wrap(command, writable, readable) : command;
  }

  /** Its command runs. */
  void started(WorkFolder folder, int pid) {
    groups.join(folder.name(), pid);
  }

  /**
   * Its command has ended: kills whatever is left of it.
   *
   * @return whether nothing is left
   */
  boolean end(WorkFolder folder) {
    groups.kill(folder.name());
    return orphans.kill(environment -> TaskEnvironment.marks(environment, folder), ESCAPED_MAX);
  }

  /** Nobody needs its folder any more. */
  void forget(WorkFolder folder) {
    groups.remove(folder.name());
    live.remove(folder);
  }

  /**
   * Ends descendants that outlived their attempts: marked ones that were not dead in time, and,
   * when nothing runs, those that wiped their environment.
   */
  void sweep(boolean idle) {
    orphans.kill(
        environment ->
            (idle || TaskEnvironment.marksAny(environment, work))
                && live.stream().noneMatch(folder -> TaskEnvironment.marks(environment, folder)),
        SWEEP_MAX);
    groups.sweep();
    ensureKeeper();
  }

  @Override
  public void close() {
    keeper.close();
    groups.close();
  }

  private void ensureKeeper() {
    try {
      keeper.ensure();
      kept = true;
    } catch (StartFailedException e) {
      if (kept) {
        LOG.warnf("Expected to start a keeper, but: %s", e.reason());
      }
      kept = false;
    }
  }
}
