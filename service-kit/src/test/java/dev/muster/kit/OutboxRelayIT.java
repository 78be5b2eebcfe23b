package dev.muster.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.kit.trace.Tracing;
import dev.muster.testkit.Infrastructure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutboxRelayIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String broker = Infrastructure.shared().bootstrapServers();
  private final List<AutoCloseable> open = new ArrayList<>();
  private Scratch scratch = new Scratch();
  private Database database = scratch.database();
  private TopicReader reader = new TopicReader(broker, scratch.topic);

  @BeforeEach
  void createTopic() {
    scratch.withTopic(broker);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
    reader.close();
    scratch.close();
  }

  @Test
  void recordsOfOneKeyKeepTheirOrder() throws Exception {
    OutboxRelay relay = relay(scratch.database(), producer());
    try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> done = new ArrayList<>();
      for (int writer = 0; writer < 5; writer++) {
        String key = "key-" + writer;
        done.add(
            writers.submit(() -> {
              for (int n = 0; n < 500; n += 10) {
                write(database, key, n, 10);
                relay.wake();
              }
            }));
      }
      for (Future<?> writer : done) {
        writer.get();
      }
    }

    await().atMost(PATIENCE).until(() -> reader.poll() >= 2_500);

    for (int writer = 0; writer < 5; writer++) {
      assertThat(reader.numbers().get("key-" + writer))
          .isEqualTo(IntStream.range(0, 500).boxed().toList());
    }
    await().atMost(PATIENCE).until(() -> scratch.pending(database) == 0);
  }

  @Test
  void recordThatIsRefusedAtOnceIsSentLaterAndNothingBeforeItTwice() {
    write(database, "key", 0, 300);

    relay(scratch.database(), new FaultyProducer(producer(), 140).asProducer());

    await().atMost(PATIENCE).until(() -> scratch.pending(database) == 0);
    await().atMost(PATIENCE).until(() -> reader.poll() >= 300);
    assertThat(reader.numbers().get("key")).isEqualTo(IntStream.range(0, 300).boxed().toList());
  }

  @Test
  void deathBetweenAckAndDeletionOnlyRepeats() {
    Runnable death = () -> scratch.breakRelaySessions(database);
    write(database, "key", 0, 500);

    relay(scratch.database(), new FaultyProducer(producer(), 150, death).asProducer());

    await().atMost(PATIENCE).until(() -> scratch.pending(database) == 0);
    await().atMost(PATIENCE).until(() -> reader.poll() > 500);
    assertThat(reader.firsts("key")).isEqualTo(IntStream.range(0, 500).boxed().toList());
  }

  @Test
  void secondRelaySendsNothingWhileTheFirstLivesAndEverythingAfterIt() {
    OutboxRelay first = relay(scratch.database(), producer());
    await().atMost(PATIENCE).until(first::isConnected);
    OutboxRelay second = relay(scratch.database(), producer());
    await().atMost(PATIENCE).until(second::isConnected);
    for (int n = 0; n < 1_000; n += 50) {
      write(database, "key-" + n % 7, n, 50);
    }
    await().atMost(PATIENCE).until(() -> scratch.pending(database) == 0);
    await().atMost(PATIENCE).until(() -> reader.poll() >= 1_000);
    assertThat(reader.poll()).isEqualTo(1_000);

    first.close();
    write(database, "key", 1_000, 50);

    await().atMost(PATIENCE).until(() -> reader.poll() >= 1_050);
    assertThat(reader.firsts("key")).isEqualTo(IntStream.range(1_000, 1_050).boxed().toList());
  }

  @Test
  void rowThatCommitsLateIsNotSkipped() {
    CompletableFuture<Void> written = new CompletableFuture<>();
    CompletableFuture<Void> overtaken = new CompletableFuture<>();
    CompletableFuture<Instant> late =
        CompletableFuture.supplyAsync(() ->
            database.transaction(tx -> {
              tx.send(List.of(scratch.row("late", 1)));
              Instant at = tx.now();
              written.complete(null);
              overtaken.join();
              return at;
            }));
    written.join();
    write(database, "early", 2, 1);
    relay(scratch.database(), producer());
    await().atMost(PATIENCE).until(() -> reader.poll() == 1);

    overtaken.complete(null);
    assertThat(late).succeedsWithin(PATIENCE);

    await().atMost(PATIENCE).until(() -> reader.poll() == 2);
    assertThat(reader.firsts("late")).containsExactly(1);
  }

  @Test
  void lostSessionIsReplaced() {
    relay(scratch.database(), producer());
    for (int n = 0; n < 300; n++) {
      write(database, "key", n, 1);
      if (n % 100 == 50) {
        scratch.breakRelaySessions(database);
      }
    }

    await().atMost(PATIENCE).until(() -> scratch.pending(database) == 0);
    await().atMost(PATIENCE).until(() -> reader.poll() >= 300);
    assertThat(reader.firsts("key")).isEqualTo(IntStream.range(0, 300).boxed().toList());
  }

  @Test
  void largeRowsAreSentInBatchesOfBoundedSize() {
    String large = "1".repeat(3_000_000);
    for (int n = 0; n < 8; n++) {
      OutboxRow row =
          new OutboxRow(scratch.topic, null, "large", "test", null, ("{" + large + "}").getBytes());
      database.transaction(tx -> {
        tx.send(List.of(row));
        return row;
      });
    }

    relay(scratch.database(), producer());

    await().atMost(PATIENCE).until(() -> scratch.pending(database) == 0);
  }

  @Test
  void lagTellsWhatWaits() {
    OutboxRelay relay = relay(scratch.database(), new FaultyProducer(producer()).asProducer());
    write(database, "key", 0, 3);

    await().atMost(PATIENCE).until(() -> relay.lag().pending() == 3);
    assertThat(relay.lag().oldestAge()).isPositive();
    await().atMost(PATIENCE).until(() -> !relay.isConnected());
  }

  private void write(Database by, String key, int first, int count) {
    by.transaction(tx -> {
      tx.send(IntStream.range(first, first + count).mapToObj(n -> scratch.row(key, n)).toList());
      return count;
    });
  }

  private Producer<String, byte[]> producer() {
    Producer<String, byte[]> producer = KafkaClients.outboxProducer(broker);
    open.add(() -> producer.close(Duration.ofSeconds(1)));
    return producer;
  }

  private OutboxRelay relay(Database by, Producer<String, byte[]> producer) {
    OutboxRelay relay = new OutboxRelay(by, producer, "/muster/test", Tracing.OFF).start();
    open.add(relay);
    return relay;
  }
}
