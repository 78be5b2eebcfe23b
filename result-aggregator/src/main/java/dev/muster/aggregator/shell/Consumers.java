package dev.muster.aggregator.shell;

import dev.muster.contracts.Topic;
import dev.muster.kit.GroupConsumer;
import dev.muster.kit.trace.Tracing;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * What jobs wait for: the consumers of submissions, plans and task events. Each has a group of its
 * own, so that none of them waits for the work of another; progress and webhooks, which no job
 * waits for, come through channels.
 */
@ApplicationScoped
class Consumers {
  private static final int LAST = 10_000;
  private static final int POLL_RECORDS_MAX = 500;
  private static final int FETCH_BYTES_MAX = 8 * 1024 * 1024;

  private final String bootstrapServers;
  private final Tracing tracing;
  private final List<GroupConsumer> consumers;

  Consumers(
      @ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers,
      Wiring wiring,
      SubmissionConsumer submissions,
      PlanConsumer plans,
      TaskEventConsumer taskEvents) {
    this.bootstrapServers = bootstrapServers;
    this.tracing = wiring.tracing();
    this.consumers =
        List.of(
            consumer("result-aggregator.submissions", Topic.SUBMISSIONS, submissions::consume),
            consumer("result-aggregator.plans", Topic.PLANS, plans::consume),
            consumer("result-aggregator.task-events", Topic.TASK_EVENTS, taskEvents::consume));
  }

  private GroupConsumer consumer(
      String group, Topic<?> topic, Consumer<ConsumerRecords<String, byte[]>> work) {
    return new GroupConsumer(
        new GroupConsumer.Settings(
            bootstrapServers, group, List.of(topic.name()), POLL_RECORDS_MAX, FETCH_BYTES_MAX),
        tracing,
        work);
  }

  /** Whether each takes part in its group. */
  boolean areMembers() {
    return consumers.stream().allMatch(GroupConsumer::isMember);
  }

  void start(@Observes StartupEvent event) {
    consumers.forEach(GroupConsumer::start);
  }

  /** After {@link Wiring} said that the service stops, which ends a wait for the database. */
  void stop(@Observes @Priority(LAST) ShutdownEvent event) {
    consumers.parallelStream().forEach(GroupConsumer::close);
  }
}
