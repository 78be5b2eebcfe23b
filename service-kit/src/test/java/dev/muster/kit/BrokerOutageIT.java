package dev.muster.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.kit.trace.Tracing;
import dev.muster.stack.LocalKafka;
import dev.muster.stack.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The relay, with a broker of its own that dies. */
class BrokerOutageIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;
  private Scratch scratch = new Scratch();
  private Database database = scratch.database();
  private List<Integer> ports = List.of();
  private LocalKafka broker;

  @BeforeEach
  void startBroker() throws IOException {
    ports = Ports.free(2);
    broker = start();
    scratch.withTopic(broker.bootstrapServers());
  }

  @AfterEach
  void stopBroker() {
    broker.stop();
    scratch.close();
  }

  @Test
  void outageDelaysAndLosesNothingAndKeepsTheOrder() throws IOException {
    try (Producer<String, byte[]> producer =
            KafkaClients.outboxProducer(broker.bootstrapServers());
        OutboxRelay relay =
            new OutboxRelay(scratch.database(), producer, "/muster/test", Tracing.OFF).start()) {
      write(0, 100);
      await().atMost(PATIENCE).until(() -> scratch.pending(database) == 0);
      kill();
      write(100, 300);
      await().atMost(PATIENCE).until(() -> !relay.isConnected());
      assertThat(scratch.pending(database)).isEqualTo(300);

      broker = start();

      await().atMost(PATIENCE).until(() -> scratch.pending(database) == 0);
      assertThat(relay.isConnected()).isTrue();
    }
    assertAllInOrder();
  }

  @Test
  void relayThatStopsWhileTheBrokerIsAwayLeavesItsRowsToTheNext() throws IOException {
    kill();
    write(0, 300);
    Producer<String, byte[]> producer = KafkaClients.outboxProducer(broker.bootstrapServers());
    OutboxRelay relay =
        new OutboxRelay(scratch.database(), producer, "/muster/test", Tracing.OFF).start();
    await().atMost(PATIENCE).until(() -> relay.lag().pending() == 300);
    relay.close();
    producer.close(Duration.ZERO);

    broker = start();
    try (Producer<String, byte[]> next = KafkaClients.outboxProducer(broker.bootstrapServers());
        OutboxRelay nextRelay =
            new OutboxRelay(scratch.database(), next, "/muster/test", Tracing.OFF).start()) {
      await()
          .atMost(PATIENCE)
          .until(() -> nextRelay.isConnected() && scratch.pending(database) == 0);
    }
    try (TopicReader reader = new TopicReader(broker.bootstrapServers(), scratch.topic)) {
      await().atMost(PATIENCE).until(() -> reader.poll() >= 300);
      assertThat(reader.firsts("key")).isEqualTo(IntStream.range(0, 300).boxed().toList());
    }
  }

  private void assertAllInOrder() {
    try (TopicReader reader = new TopicReader(broker.bootstrapServers(), scratch.topic)) {
      await().atMost(PATIENCE).until(() -> reader.distinct() == 400 || reader.poll() < 0);
      assertThat(reader.numbers().get("key")).isSorted();
      assertThat(reader.firsts("key")).isEqualTo(IntStream.range(0, 400).boxed().toList());
    }
  }

  private void write(int first, int count) {
    database.transaction(tx -> {
      tx.send(IntStream.range(first, first + count).mapToObj(n -> scratch.row("key", n)).toList());
      return count;
    });
  }

  private LocalKafka start() throws IOException {
    LocalKafka.Settings settings =
        LocalKafka.Settings.ofThisJvm(
            folder.resolve("kafka"), folder.resolve("kafka.log"), ports.get(0), ports.get(1));
    return LocalKafka.start(settings).awaitReady(PATIENCE);
  }

  private void kill() {
    ProcessHandle handle = ProcessHandle.of(broker.process().identity().pid()).orElseThrow();
    handle.destroyForcibly();
    await().atMost(PATIENCE).until(() -> !handle.isAlive());
  }
}
