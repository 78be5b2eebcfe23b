package dev.muster.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Reads a topic from its start. Not for several threads. */
final class TopicReader implements AutoCloseable {
  private final KafkaConsumer<String, byte[]> consumer;
  private final Map<String, List<Integer>> numbers = new LinkedHashMap<>();
  private int read;

  TopicReader(String bootstrapServers, String topic) {
    consumer = KafkaClients.consumer(bootstrapServers, 5_000);
    List<TopicPartition> partitions =
        IntStream.range(0, 4).mapToObj(p -> new TopicPartition(topic, p)).toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Reads what is there by now and tells how many records were read altogether. */
  int poll() {
    for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
      int number = Integer.parseInt(new String(record.value(), UTF_8));
      numbers.computeIfAbsent(record.key(), key -> new ArrayList<>()).add(number);
      read++;
    }
    return read;
  }

  /** The numbers of a key in the order in which they lie. */
  Map<String, List<Integer>> numbers() {
    return numbers;
  }

  /** The same, without repeats. */
  List<Integer> firsts(String key) {
    return List.copyOf(new LinkedHashSet<>(numbers.getOrDefault(key, List.of())));
  }

  /** How many different records were read. */
  int distinct() {
    return numbers.keySet().stream().mapToInt(key -> firsts(key).size()).sum();
  }

  @Override
  public void close() {
    consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
  }
}
