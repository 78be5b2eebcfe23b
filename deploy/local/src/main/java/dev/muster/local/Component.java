package dev.muster.local;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A process of the stack. */
public enum Component {
  /** The broker. */
  KAFKA("kafka", "kafka", "", 0),
  /** The database. */
  POSTGRES("postgres", "postgres", "", 0),
  /** HTTP in front of everything. */
  API_GATEWAY("api-gateway", "api-gateway", "gateway", 192),
  /** Makes tasks of jobs. */
  JOB_PLANNER("job-planner", "job-planner", "planner", 128),
  /** Gives tasks to workers. */
  TASK_DISPATCHER("task-dispatcher", "task-dispatcher", "dispatcher", 160),
  /** Makes results of attempts. */
  RESULT_AGGREGATOR("result-aggregator", "result-aggregator", "aggregator", 160),
  /** The first GPU host. */
  WORKER_1("worker-1", "worker-agent", "", 96),
  /** The second GPU host. */
  WORKER_2("worker-2", "worker-agent", "", 96);

  private final String title;
  private final String service;
  private final String schema;
  private final int heapMb;

  Component(String title, String service, String schema, int heapMb) {
    this.title = title;
    this.service = service;
    this.schema = schema;
    this.heapMb = heapMb;
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

  /** Those that a name means: one component, or all instances of a service. */
  public static List<Component> named(String name) {
    Optional<Component> one = Arrays.stream(values()).filter(c -> c.title.equals(name)).findFirst();
    return one.map(List::of)
        .orElseGet(() -> Arrays.stream(values()).filter(c -> c.service.equals(name)).toList());
  }
}
