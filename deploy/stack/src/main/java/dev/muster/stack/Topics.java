package dev.muster.stack;

import dev.muster.contracts.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/** Muster's topics on a broker. */
public final class Topics {
  private static final int PATIENCE_SECONDS = 60;

  private Topics() {}

  /**
   * Creates the topics that do not exist; existing ones stay as they are. Waits for the broker to
   * come.
   *
   * @param bootstrapServers host:port list
   * @throws IllegalStateException when the broker does not answer within a minute
   */
  public static void create(String bootstrapServers) {
    Map<String, Object> config =
        Map.of(
            "bootstrap.servers", bootstrapServers,
            "default.api.timeout.ms", PATIENCE_SECONDS * 1000,
            "request.timeout.ms", 10_000,
            "reconnect.backoff.max.ms", 200,
            "reconnect.backoff.ms", 20);
    try (Admin admin = Admin.create(config)) {
      Set<String> present = admin.listTopics().names().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      List<NewTopic> missing = new ArrayList<>();
      for (Topic<?> topic : Topic.ALL) {
        if (!present.contains(topic.name())) {
          missing.add(newTopic(topic));
        }
      }
      admin.createTopics(missing).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw refused(bootstrapServers, e);
      }
    } catch (TimeoutException e) {
      throw refused(bootstrapServers, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw refused(bootstrapServers, e);
    }
  }

  private static NewTopic newTopic(Topic<?> topic) {
    return new NewTopic(topic.name(), topic.partitions(), (short) 1)
        .configs(
            Map.of(
                "retention.ms",
                Long.toString(topic.retention().toMillis()),
                "max.message.bytes",
                Integer.toString(LocalKafka.RECORD_BYTES_MAX)));
  }

  private static IllegalStateException refused(String bootstrapServers, Exception cause) {
    return new IllegalStateException(
        "Expected to create the topics at %s, but: %s"
            .formatted(bootstrapServers, cause.getMessage()),
        cause);
  }
}
