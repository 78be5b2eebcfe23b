package dev.muster.endtoend;

import dev.muster.consumer.Delivery;
import dev.muster.consumer.JobList;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The public topic, read as a foreigner reads it: with a Kafka client and nothing of Muster's. */
final class JobEventsTopic {
  private static final String TOPIC = "muster.job.events";

  private JobEventsTopic() {}

  /** Every record there is, from the start of the topic to its present end. */
  static List<Delivery> read(int port) {
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", "127.0.0.1:" + port);
    List<Delivery> records = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(TOPIC).stream()
              .map(info -> new TopicPartition(TOPIC, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          records.add(delivery(record));
        }
      }
    }
    return records;
  }

  private static Delivery delivery(ConsumerRecord<String, byte[]> record) {
    Map<String, String> headers = new HashMap<>();
    record
        .headers()
        .forEach(header ->
            headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
    return new Delivery(record.key(), headers, record.value());
  }

  /** The job list that these records tell. */
  static JobList jobs(List<Delivery> records) {
    JobList jobs = new JobList();
    records.forEach(jobs::accept);
    return jobs;
  }

  /**
   * What is wrong with the records' numbers, one sentence each: a job's ids are {@code <job>.1} to
   * {@code <job>.n}, and an id has one content, however often it comes.
   */
  static List<String> faults(List<Delivery> records) {
    List<String> faults = new ArrayList<>();
    Map<String, TreeMap<Long, String>> bodies = new TreeMap<>();
    for (Delivery record : records) {
      String id = record.headers().getOrDefault("ce_id", "");
      String body =
          new String(
              Objects.requireNonNullElse(record.body(), new byte[0]), StandardCharsets.UTF_8);
      long number = Long.parseLong(id.substring(id.lastIndexOf('.') + 1));
      if (!id.startsWith(record.key() + ".") || !body.contains("\"seq\":" + number + ",")) {
        faults.add("Expected the id to name job and number, but " + id + " is of " + body);
      }
      String before =
          bodies.computeIfAbsent(record.key(), job -> new TreeMap<>()).putIfAbsent(number, body);
      if (before != null && !before.equals(body)) {
        faults.add("Expected one event " + id + ", but there are two");
      }
    }
    bodies.forEach((job, numbers) -> {
      if (numbers.lastKey() != numbers.size()) {
        faults.add(
            "Expected the numbers of " + job + " without a gap, but got " + numbers.keySet());
      }
    });
    return faults;
  }
}
