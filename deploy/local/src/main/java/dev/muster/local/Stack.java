package dev.muster.local;

import dev.muster.stack.LocalKafka;
import dev.muster.stack.LocalPostgres;
import dev.muster.stack.ManagedProcess;
import dev.muster.stack.Ports;
import dev.muster.stack.PostgresAddress;
import dev.muster.stack.ProcessIdentity;
import dev.muster.stack.Schemas;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** The stack of a folder: brings it up, repairs it, takes it down. */
final class Stack {
  private static final int API_PORT = 8080;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration INTERVAL = Duration.ofMillis(100);
  private static final List<String> INNER_PORTS =
      List.of(
          "kafka",
          "kafka-controller",
          "postgres",
          "api-gateway-management",
          "job-planner",
          "task-dispatcher",
          "result-aggregator",
          "worker-agent",
          "worker-1",
          "worker-2");

  private final StackFolder folder;
  private final Distribution distribution;
  private final boolean training;
  private final Consumer<String> say;

  /**
   * @param folder the stack's folder
   * @param distribution what to run
   * @param training whether the services write their ahead-of-time caches when they end
   * @param say takes lines about the progress
   */
  Stack(StackFolder folder, Distribution distribution, boolean training, Consumer<String> say) {
    this.folder = folder;
    this.distribution = distribution;
    this.training = training;
    this.say = say;
  }

  /**
   * Starts whatever does not run, and waits until all of it is ready.
   *
   * @param wanted the API's port, when the user named one
   * @return the state of the running stack
   * @throws IOException when something cannot start; a stack that was not up before is then down
   */
  StackState up(OptionalInt wanted) throws IOException {
    folder.create();
    StackFolder.Lock lock = folder.lock();
    try (lock) {
      StackState state = StackState.load(folder);
      boolean running = isRunning(state);
      if (!running) {
        clean(state);
      }
      choosePorts(state, wanted, running);
      state.phase(StackState.Phase.STARTING);
      try {
        start(state);
        state.phase(StackState.Phase.RUNNING);
      } catch (IOException | RuntimeException e) {
        // An interrupt has done its work when it comes here; cleaning up must not be cut short.
        boolean interrupted = Thread.interrupted();
        if (running) {
          state.phase(StackState.Phase.RUNNING);
        } else {
          stopAll(state);
        }
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        throw e;
      }
      return state;
    }
  }

  /**
   * Ends what a crash left, and refuses a port that the API cannot have. Asked before anything that
   * takes long, so that nobody waits for the answer.
   *
   * @return whether the stack runs already
   * @throws IOException when another program or the running stack is in the way
   */
  boolean prepare(OptionalInt wanted) throws IOException {
    folder.create();
    StackFolder.Lock lock = folder.lock();
    try (lock) {
      StackState state = StackState.load(folder);
      boolean running = isRunning(state);
      if (!running) {
        clean(state);
      }
      apiPort(wanted);
      return running;
    }
  }

  private static boolean isRunning(StackState state) {
    return state.phase() == StackState.Phase.RUNNING && anyAlive(state);
  }

  /**
   * Stops everything.
   *
   * @return whether anything ran
   */
  boolean down() throws IOException {
    folder.create();
    StackFolder.Lock lock = folder.lock();
    try (lock) {
      StackState state = StackState.load(folder);
      boolean any = anyAlive(state);
      return stopAll(state) > 0 || any;
    }
  }

  /** Ends everything at once, for those who cannot wait: nobody says last words. */
  void kill() throws IOException {
    StackState state = StackState.load(folder);
    for (Component component : Component.values()) {
      state.alive(component).ifPresent(ProcessIdentity::kill);
    }
    down();
  }

  static boolean anyAlive(StackState state) {
    for (Component component : Component.values()) {
      if (state.alive(component).isPresent()) {
        return true;
      }
    }
    return false;
  }

  /** Ends what a crash left, so that a start finds nothing of an earlier one in its way. */
  private void clean(StackState state) throws IOException {
    boolean alive = anyAlive(state);
    int strays = stopAll(state);
    if (alive || strays > 0) {
      say.accept("cleaned up what an earlier start had left behind");
    }
  }

  private int stopAll(StackState state) throws IOException {
    state.phase(StackState.Phase.STOPPING);
    Starter starter = starter(state);
    // Workers and services say their last words to the broker and the database.
    Together.run(Component.services().stream().map(c -> (Together.Step) () -> starter.stop(c)));
    Together.run(
        List.<Together.Step>of(
            () -> starter.stop(Component.KAFKA), () -> starter.stop(Component.POSTGRES))
            .stream());
    int strays = new Leftovers(folder).end();
    state.phase(StackState.Phase.STOPPED);
    return strays;
  }

  private int apiPort(OptionalInt wanted) throws IOException {
    StackState state = StackState.load(folder);
    boolean running = isRunning(state);
    int before = state.port("api-gateway").orElse(API_PORT);
    int api = wanted.orElse(running ? before : API_PORT);
    if (running && api != before) {
      throw new IOException(
          "Expected the API on port %d, but the running stack has it on %d; run ./muster down first"
              .formatted(api, before));
    }
    if (state.alive(Component.API_GATEWAY).isEmpty() && !Ports.isFree(api)) {
      throw new IOException(
          "Expected port %d of 127.0.0.1 to be free for the API, but another program listens there;"
                  .formatted(api)
              + " stop it, or choose another: ./muster up --port N");
    }
    return api;
  }

  private void choosePorts(StackState state, OptionalInt wanted, boolean running)
      throws IOException {
    int api = apiPort(wanted);
    state.port("api-gateway", api);
    List<Integer> fresh = new ArrayList<>(Ports.free(INNER_PORTS.size()));
    for (String name : INNER_PORTS) {
      int old = state.port(name).orElse(0);
      boolean usable = old != 0 && (running || Ports.isFree(old));
      state.port(name, usable ? old : fresh.removeLast());
    }
  }

  private void start(StackState state) throws IOException {
    Starter starter = starter(state);
    long begin = System.nanoTime();
    PostgresAddress address = foundation(state, starter);
    say.accept("broker and database are ready (%.1f s)".formatted(secondsSince(begin)));
    List<ManagedProcess> started = new ArrayList<>();
    for (Component component : Component.services()) {
      if (state.alive(component).isEmpty()) {
        started.add(starter.service(component, address));
      }
    }
    Together.run(
        Component.services().stream()
            .map(component -> (Together.Step) () -> awaitReady(state, component, started)));
    say.accept(
        "%d of %d services started, all are ready (%.1f s)"
            .formatted(started.size(), Component.services().size(), secondsSince(begin)));
  }

  /** Broker and database side by side; the schemas as soon as the database is there. */
  private PostgresAddress foundation(StackState state, Starter starter) throws IOException {
    boolean needsKafka = state.alive(Component.KAFKA).isEmpty();
    List<LocalKafka> kafka = needsKafka ? List.of(starter.kafka()) : List.of();
    PostgresAddress address;
    if (state.alive(Component.POSTGRES).isEmpty()) {
      LocalPostgres postgres = starter.postgres().awaitReady(PATIENCE);
      address = postgres.address();
      migrate(address);
    } else {
      Path data = folder.data(Component.POSTGRES);
      address = LocalPostgres.addressOf(data, state.port("postgres").orElseThrow());
    }
    for (LocalKafka broker : kafka) {
      broker.awaitReady(PATIENCE);
    }
    return address;
  }

  private void migrate(PostgresAddress address) throws IOException {
    try {
      Schemas.migrate(address, Schemas.of(distribution.home()));
    } catch (SQLException e) {
      throw new IOException("Expected the database to take the schemas, but: " + e.getMessage(), e);
    }
  }

  private static void awaitReady(
      StackState state, Component component, List<ManagedProcess> started) throws IOException {
    int port = healthPort(state, component);
    for (ManagedProcess process : started) {
      if (process.name().equals(component.title())) {
        process.awaitReady(
            PATIENCE, INTERVAL, () -> Health.isReady(port), () -> Health.complaint(port));
        process.stepBack(component.niceness());
      }
    }
  }

  /** Where a component tells its health. */
  static int healthPort(StackState state, Component component) {
    boolean gateway = component == Component.API_GATEWAY;
    return state.port(gateway ? "api-gateway-management" : component.title()).orElse(0);
  }

  private Starter starter(StackState state) {
    return new Starter(folder, state, distribution, new AotCaches(distribution, training));
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }
}
