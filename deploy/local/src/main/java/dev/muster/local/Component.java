package dev.muster.local;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A process of the stack. */
public enum Component {
  /** The broker. */
  KAFKA("kafka", "kafka", "", 0, 0),
  /** The database. */
  POSTGRES("postgres", "postgres", "", 0, 0),
  /** HTTP in front of everything. */
  API_GATEWAY("api-gateway", "api-gateway", "gateway", 192, 0),
  /** Makes tasks of jobs. */
  JOB_PLANNER("job-planner", "job-planner", "planner", 128, 4),
  /** Gives tasks to workers. */
  TASK_DISPATCHER("task-dispatcher", "task-dispatcher", "dispatcher", 160, 4),
  /** Makes results of attempts. */
  RESULT_AGGREGATOR("result-aggregator", "result-aggregator", "aggregator", 160, 4),
  /** The agent of this machine: offers what it really has. */
  WORKER_AGENT("worker-agent", "worker-agent", "", 96, 0),
  /** A first GPU host, with GPUs that it declares. */
  WORKER_1("worker-1", "worker-agent", "", 96, 0),
  /** A second one. */
  WORKER_2("worker-2", "worker-agent", "", 96, 0);

  private final String title;
  private final String service;
  private final String schema;
  private final int heapMb;
  private final int niceness;

  Component(String title, String service, String schema, int heapMb, int niceness) {
    this.title = title;
    this.service = service;
    this.schema = schema;
    this.heapMb = heapMb;
    this.niceness = niceness;
  }

  /** Its name in commands and tables. */
  public String title() {
    return title;
  }

  /** The service it is an instance of; for a service of Muster also the name of its module. */
  public String service() {
    return service;
  }

  /** The schema of the database that it owns; empty when it has none. */
  public String schema() {
    return schema;
  }

  /** The limit of its Java heap in MiB. */
  public int heapMb() {
    return heapMb;
  }

  /**
   * How far it steps back for the others when the processors are busy, 0 to 19 as in nice(1), so
   * that a request is answered before the jobs behind it go on. Agents do not: each command is in a
   * session, and so a scheduling group, of its own, and must not starve the agent that watches it.
   */
  public int niceness() {
    return niceness;
  }

  /**
   * Whether files pass through it, each byte into a SHA-256: only the optimising compiler uses the
   * processor's instructions for that, and is ten times as fast. The others do without it, which
   * saves memory and time at the start.
   */
  public boolean digestsFiles() {
    return this == API_GATEWAY || isWorker();
  }

  /** Whether it declares GPUs that the machine need not have. */
  public boolean declaresGpus() {
    return this == WORKER_1 || this == WORKER_2;
  }

  /** Whether it is one of Muster's services, and not what they stand on. */
  public boolean isService() {
    return heapMb > 0;
  }

  /** Whether it runs users' tasks. */
  public boolean isWorker() {
    return service.equals("worker-agent");
  }

  /** Muster's services and workers. */
  public static List<Component> services() {
    return Arrays.stream(values()).filter(Component::isService).toList();
  }

  /** All that run users' tasks. */
  public static List<Component> workers() {
    return Arrays.stream(values()).filter(Component::isWorker).toList();
  }

  /** The one of that name. */
  public static Optional<Component> named(String name) {
    return Arrays.stream(values()).filter(c -> c.title.equals(name)).findFirst();
  }
}
