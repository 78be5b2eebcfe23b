package dev.muster.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.Topic;
import dev.muster.kit.trace.Tracing;
import dev.muster.testkit.Infrastructure;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResenderIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int PAGES = 3;

  private final String broker = Infrastructure.shared().bootstrapServers();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<Integer> sendings = new CopyOnWriteArrayList<>();
  private final Scratch scratch = new Scratch();
  private final Database database = scratch.database();

  @BeforeEach
  void createTopicAndTable() {
    scratch.withTopic(broker);
    database.transaction(tx ->
        tx.update(
            "CREATE TABLE "
                + scratch.schema
                + ".resend (name text PRIMARY KEY, topic_ids text NOT NULL,"
                + " sendings int NOT NULL DEFAULT 0, after text)"));
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
    scratch.close();
  }

  @Test
  void topicThatWasMadeAnewGetsEverythingOnceThoughTwoInstancesLook() throws Exception {
    start();
    start();
    Awaitility.await().atMost(PATIENCE).until(() -> known() != null);
    assertThat(sendings).as("nothing is sent to a topic that is seen for the first time").isEmpty();

    makeAnew();

    try (TopicReader reader = new TopicReader(broker, scratch.topic)) {
      Awaitility.await().atMost(PATIENCE).until(() -> reader.poll() >= PAGES);
      Awaitility.await().atMost(PATIENCE).until(() -> isDone() && scratch.pending(database) == 0);
      assertThat(reader.poll()).isEqualTo(PAGES);
    }
    assertThat(sendings).hasSize(PAGES + 1).containsOnly(1);
  }

  private void start() {
    KafkaProducer<String, byte[]> producer = KafkaClients.outboxProducer(broker);
    open.add(() -> producer.close(Duration.ofSeconds(1)));
    OutboxRelay relay = new OutboxRelay(scratch.database(), producer, "/test", Tracing.OFF).start();
    open.add(relay);
    Topic<byte[]> topic = new Topic<>(scratch.topic, "test", byte[].class, 4, Duration.ofDays(1));
    open.add(
        new Resender(scratch.database(), relay, broker, "numbers", Set.of(topic), this::page)
            .start());
  }

  private @Nullable String page(Tx tx, String after, int sending) {
    sendings.add(sending);
    int page = after.isEmpty() ? 1 : Integer.parseInt(after) + 1;
    if (page > PAGES) {
      return null;
    }
    tx.send(List.of(scratch.row("key", page)));
    return Integer.toString(page);
  }

  private void makeAnew() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
      admin.deleteTopics(List.of(scratch.topic)).all().get();
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> !admin.listTopics().names().get().contains(scratch.topic));
    }
    scratch.withTopic(broker);
  }

  private @Nullable Row known() {
    return database.transaction(tx -> {
      var rows = tx.query("SELECT after FROM " + scratch.schema + ".resend").iterator();
      return rows.hasNext() ? rows.next() : null;
    });
  }

  private boolean isDone() {
    Row row = known();
    return row != null && row.getString("after") == null;
  }
}
