package dev.muster.agent.shell;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** The agent's settings; each can be given as an environment variable, such as AGENT_WORKER_ID. */
@ConfigMapping(prefix = "agent")
public interface AgentConfig {
  /** The worker's identity: 1 to 64 of lower-case letters, digits, dot, dash. No two share one. */
  String workerId();

  /** The fleet it belongs to. */
  @WithDefault("default")
  String pool();

  /**
   * GPUs to declare when the host has no NVIDIA driver, such as {@code 2xH100-80GB,1xL4-24GB}; none
   * when absent. Ignored where the driver answers.
   */
  Optional<String> gpus();

  /** Folder of the agent's own files: incarnation, unsent reports, work folders. */
  @WithDefault(".muster/worker")
  String dataDir();

  /** The gateway's address, for files; without one, attempts neither get nor leave any. */
  Optional<URI> gatewayUrl();

  /** How long to try to get or leave a file while the gateway does not answer. */
  @WithDefault("2m")
  Duration filePatience();

  /** Most bytes of unpacked projects, and of virtual environments, that are kept for reuse. */
  @WithDefault("10737418240")
  long cacheBytesMax();

  /** Longest time to make a virtual environment. */
  @WithDefault("15m")
  Duration environmentTimeout();

  /**
   * The host name or IP address under which workers of the pool reach each other, for members of
   * gangs; the address of the host's own name when absent.
   */
  Optional<String> address();

  /** The PATH that commands get. */
  @WithDefault("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
  String path();

  /** Cores to give to attempts; all the host has when absent. */
  OptionalDouble cpus();

  /** Memory to give to attempts, in MiB; all the host has when absent. */
  OptionalLong memoryMb();

  /** Disk to give to attempts, in MiB; what is free in the data folder when absent. */
  OptionalLong storageMb();

  /**
   * Room on the disk, in MiB, below which the worker takes no work until there is half as much
   * more; 0 for no limit.
   */
  @WithDefault("64")
  long storageFloorMb();

  /** How long a command has between SIGTERM and SIGKILL. */
  @WithDefault("10s")
  Duration killGrace();

  /** How long running commands may go on when the agent is told to stop, before SIGTERM. */
  @WithDefault("1s")
  Duration shutdownFinish();

  /** How long a command has between SIGTERM and SIGKILL when the agent stops. */
  @WithDefault("3s")
  Duration shutdownKillGrace();

  /**
   * Whether commands run in a sandbox of bubblewrap: {@code auto} where it works, {@code off}
   * never, {@code required} or the agent does not start.
   */
  @WithDefault("auto")
  SandboxUse sandbox();

  /**
   * Files and folders below {@code /home}, {@code /root}, {@code /tmp}, {@code /var/tmp} or {@code
   * /run} that sandboxed commands can read all the same, absolute, separated by commas.
   */
  Optional<List<Path>> sandboxRead();

  /** When to use a sandbox. */
  enum SandboxUse {
    AUTO,
    OFF,
    REQUIRED
  }

  /** Whether each command gets a control group where the host lets the agent make some. */
  @WithDefault("true")
  boolean cgroups();

  /**
   * Most processes and threads of one command, at least 16; holds where control groups can bound
   * them.
   */
  @WithDefault("4096")
  int processesMax();

  /** Whether the command {@code muster:noop} succeeds at once, without a process (measurements). */
  @WithDefault("true")
  boolean noopRunner();

  /** Bytes of output that are streamed whole; beyond them, only the newest, with gaps shown. */
  @WithDefault("1048576")
  long outputWholeBytes();

  /** How long output may gather before it is sent. */
  @WithDefault("100ms")
  Duration outputInterval();

  /** How often the newest output is sent of an attempt that wrote more than is streamed whole. */
  @WithDefault("1s")
  Duration outputTailInterval();
}
