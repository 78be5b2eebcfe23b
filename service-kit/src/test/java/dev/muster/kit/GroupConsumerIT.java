package dev.muster.kit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.kit.trace.Tracing;
import dev.muster.testkit.Infrastructure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupConsumerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String broker = Infrastructure.shared().bootstrapServers();
  private final Scratch scratch = new Scratch().withTopic(broker);
  private final Producer<String, byte[]> producer = KafkaClients.producer(broker);
  private final List<GroupConsumer> consumers = new ArrayList<>();
  private final List<Integer> seen = new CopyOnWriteArrayList<>();

  @AfterEach
  void closeAll() {
    consumers.forEach(GroupConsumer::close);
    producer.close();
    scratch.close();
  }

  @Test
  void recordsOfAKeyComeInOrderAndOnceWhileNothingFails() {
    send(0, 500);
    start(this::note);
    await().atMost(PATIENCE).until(() -> seen.size() >= 500);
    send(500, 500);
    await().atMost(PATIENCE).until(() -> seen.size() >= 1_000);

    assertThat(seen).hasSize(1_000).doesNotHaveDuplicates();
    for (int key = 0; key < 7; key++) {
      int k = key;
      assertThat(seen.stream().filter(n -> n % 7 == k)).isSorted();
    }
  }

  @Test
  void workThatThrowsIsRepeatedAndNothingIsSkipped() {
    send(0, 100);
    AtomicInteger failures = new AtomicInteger();
    start(records -> {
      if (failures.incrementAndGet() <= 2) {
        throw new IllegalStateException("not now");
      }
      note(records);
    });

    await().atMost(PATIENCE).until(() -> seen.size() >= 100);
    assertThat(seen).hasSize(100).doesNotHaveDuplicates();
    assertThat(failures).hasValueGreaterThan(2);
  }

  @Test
  void nextStartGoesOnWhereAnOrderlyStopEnded() {
    send(0, 100);
    GroupConsumer first = start(this::note);
    await().atMost(PATIENCE).until(() -> seen.size() >= 100);
    first.close();
    send(100, 50);
    start(this::note);

    await().atMost(PATIENCE).until(() -> seen.size() >= 150);
    assertThat(seen).hasSize(150).doesNotHaveDuplicates();
  }

  @Test
  void batchUnderWayInAStopThatDidNotFinishComesAgain() throws InterruptedException {
    send(0, 10);
    CountDownLatch begun = new CountDownLatch(1);
    AtomicInteger tries = new AtomicInteger();
    GroupConsumer first =
        start(records -> {
          tries.incrementAndGet();
          begun.countDown();
          throw new IllegalStateException("stopping");
        });
    begun.await();
    first.close();
    start(this::note);

    await().atMost(PATIENCE).until(() -> new HashSet<>(seen).size() >= 10);
    assertThat(tries).hasPositiveValue();
  }

  @Test
  void twoMembersShareTheTopicAndTheOtherTakesOverWhenOneLeaves() {
    GroupConsumer first = start(this::note);
    GroupConsumer second = start(this::note);
    await().atMost(PATIENCE).until(() -> first.isMember() && second.isMember());
    send(0, 200);
    await().atMost(PATIENCE).until(() -> new HashSet<>(seen).size() >= 200);

    first.close();
    send(200, 200);

    await().atMost(PATIENCE).until(() -> new HashSet<>(seen).size() >= 400);
    assertThat(first.isMember()).isFalse();
  }

  private GroupConsumer start(Consumer<ConsumerRecords<String, byte[]>> work) {
    var settings =
        new GroupConsumer.Settings(
            broker, "kit." + scratch.schema, List.of(scratch.topic), 64, 1024 * 1024);
    GroupConsumer consumer = new GroupConsumer(settings, Tracing.OFF, work).start();
    consumers.add(consumer);
    return consumer;
  }

  private void note(ConsumerRecords<String, byte[]> records) {
    records.forEach(record -> seen.add(Integer.parseInt(new String(record.value(), UTF_8))));
  }

  private void send(int first, int count) {
    IntStream.range(first, first + count)
        .forEach(n ->
            producer.send(
                new ProducerRecord<>(
                    scratch.topic, "key-" + n % 7, Integer.toString(n).getBytes(UTF_8))));
    producer.flush();
  }
}
