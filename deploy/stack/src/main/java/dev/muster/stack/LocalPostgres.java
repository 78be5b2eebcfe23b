package dev.muster.stack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A real PostgreSQL on 127.0.0.1, as a child process. PostgreSQL refuses to run as root, so root
 * starts it in a user namespace of its own: it then sees itself and its files as nobody's, while
 * outside the files stay root's.
 *
 * @param process the postmaster
 * @param address how clients get in
 * @param data the data directory
 */
public record LocalPostgres(ManagedProcess process, PostgresAddress address, Path data) {
  private static final Map<String, String> ENVIRONMENT = Map.of("LC_ALL", "C", "TZ", "UTC");
  private static final String SUPERUSER = "postgres";

  /** The line of postmaster.pid that tells the state, counted from 0 (PostgreSQL's pidfile.h). */
  private static final int STATUS_LINE = 7;

  /**
   * Starts the database, after creating its files when they do not exist. Does not wait until it is
   * ready.
   *
   * @param directory holds its data and its password
   * @param cache holds the unpacked programs, shared between databases
   * @param log takes its output
   * @param port where clients connect
   * @param environment added to this process's own
   */
  public static LocalPostgres start(
      Path directory, Path cache, Path log, int port, Map<String, String> environment)
      throws IOException {
    Path home = PostgresBinaries.in(cache);
    Path data = directory.toAbsolutePath().resolve("data");
    String secret = secret(directory);
    if (!Files.exists(data.resolve("PG_VERSION"))) {
      initialise(home, data, secret, log);
    }
    clean(data);
    List<String> command = new ArrayList<>(unprivileged(home.resolve("bin/postgres")));
    command.addAll(List.of("-D", data.toString(), "-p", Integer.toString(port)));
    for (String setting : SETTINGS) {
      command.addAll(List.of("-c", setting));
    }
    Map<String, String> variables = new HashMap<>(environment);
    variables.putAll(ENVIRONMENT);
    ManagedProcess process = ManagedProcess.start("postgres", command, variables, data, log);
    return new LocalPostgres(process, addressOf(directory, port), data);
  }

  /** How clients get into the database that lives in a directory and listens on a port. */
  public static PostgresAddress addressOf(Path directory, int port) throws IOException {
    return new PostgresAddress("127.0.0.1", port, SUPERUSER, secret(directory));
  }

  /** Waits until it takes connections. */
  public LocalPostgres awaitReady(Duration patience) throws IOException {
    process.awaitReady(patience, this::isReady);
    return this;
  }

  /** Stops the database and waits for its end; clients are cut off. */
  public void stop() {
    stop(process.identity());
  }

  /** Stops a database that someone else started. */
  public static void stop(ProcessIdentity postmaster) {
    if (postmaster.isAlive()) {
      // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave.
      signal(postmaster.pid(), "INT");
      if (!postmaster.awaitEnd(Duration.ofSeconds(20))) {
        postmaster.kill();
        postmaster.awaitEnd(Duration.ofSeconds(5));
      }
    }
  }

  private boolean isReady() {
    try {
      List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
      return lines.size() > STATUS_LINE
          && lines.getFirst().strip().equals(Long.toString(process.identity().pid()))
          && lines.get(STATUS_LINE).strip().equals("ready");
    } catch (IOException e) {
      // The file comes when the database has begun to start.
      return false;
    }
  }

  /**
   * Removes what a crash left: backends that have not noticed the postmaster's end yet, and a lock
   * file whose pid may by now be somebody else's.
   */
  private static void clean(Path data) throws IOException {
    Path lock = data.resolve("postmaster.pid");
    List<ProcessIdentity> servers = servers(data);
    if (Files.exists(lock)) {
      String pid = Files.readAllLines(lock).getFirst().strip();
      boolean serving = servers.stream().anyMatch(s -> Long.toString(s.pid()).equals(pid));
      if (serving) {
        throw new IOException(
            "Expected to start PostgreSQL on %s, but process %s already serves it"
                .formatted(data, pid));
      }
    }
    for (ProcessIdentity orphan : servers) {
      orphan.awaitEnd(Duration.ofSeconds(2));
      orphan.kill();
      orphan.awaitEnd(Duration.ofSeconds(5));
    }
    Files.deleteIfExists(lock);
  }

  /**
   * PostgreSQL's processes that work in the data directory; it is the working directory of each.
   */
  static List<ProcessIdentity> servers(Path data) {
    return ProcessHandle.allProcesses()
        .filter(handle -> worksIn(handle.pid(), data))
        .map(handle -> ProcessIdentity.of(handle.pid()))
        .flatMap(Optional::stream)
        .toList();
  }

  private static boolean worksIn(long pid, Path data) {
    try {
      Path process = Path.of("/proc", Long.toString(pid));
      return Files.readSymbolicLink(process.resolve("exe")).endsWith("bin/postgres")
          && Files.isSameFile(process.resolve("cwd"), data);
    } catch (IOException e) {
      // Gone by now, or another user's: not ours in either case.
      return false;
    }
  }

  private static void initialise(Path home, Path data, String secret, Path log) throws IOException {
    Path fresh = data.resolveSibling("data.new");
    if (Files.exists(fresh)) {
      PostgresBinaries.deleteTree(fresh);
    }
    Files.createDirectories(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path password = privateFile(data.resolveSibling("initdb.password"), secret);
    List<String> command = new ArrayList<>(unprivileged(home.resolve("bin/initdb")));
    command.addAll(List.of("-D", fresh.toString(), "-U", SUPERUSER, "--pwfile=" + password));
    command.addAll(List.of("-E", "UTF8", "--locale=C", "--auth=scram-sha-256"));
    ManagedProcess.run("initdb", command, ENVIRONMENT, fresh, log);
    Files.delete(password);
    Files.move(fresh, data);
  }

  private static String secret(Path directory) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.toAbsolutePath().resolve("password");
    if (!Files.exists(file)) {
      byte[] bytes = new byte[24];
      new SecureRandom().nextBytes(bytes);
      privateFile(file, HexFormat.of().formatHex(bytes));
    }
    return Files.readString(file).strip();
  }

  private static Path privateFile(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, text, StandardCharsets.UTF_8);
  }

  private static List<String> unprivileged(Path program) {
    boolean root = Long.valueOf(0).equals(userId());
    return root ? List.of("unshare", "-U", program.toString()) : List.of(program.toString());
  }

  private static Object userId() {
    try {
      return ((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue();
    } catch (IOException e) {
      throw new IllegalStateException("Expected to read /proc/self, but cannot", e);
    }
  }

  private static void signal(long pid, String name) {
    try {
      new ProcessBuilder("kill", "-s", name, Long.toString(pid))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor(5, TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new IllegalStateException("Expected the command kill, but it does not run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** For a small machine that shares its cores and memory with the whole platform; durable. */
  private static final List<String> SETTINGS =
      List.of(
          "listen_addresses=127.0.0.1",
          "unix_socket_directories=",
          "max_connections=60",
          "shared_buffers=64MB",
          "max_wal_size=256MB",
          "min_wal_size=64MB",
          "wal_level=minimal",
          "max_wal_senders=0",
          "io_method=sync",
          "jit=off",
          "max_parallel_workers_per_gather=0",
          "autovacuum_naptime=15s",
          "timezone=UTC",
          "log_timezone=UTC",
          "logging_collector=off",
          "log_line_prefix=%m [%p] %u ");
}
