package dev.muster.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.SubmissionEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class OutboxRowTest {
  private static final JobId JOB = JobId.of(1_700_000_000_000L, 1, 2);

  @Test
  void deadLetterKeepsTheRecordByteForByteAndSaysWhereItLay() throws IOException {
    byte[] value = {0, -1, '{'};
    ConsumerRecord<String, byte[]> record = new ConsumerRecord<>("muster.x", 3, 17, "k", value);

    OutboxRow row = OutboxRow.deadLetter(record, "Expected a message, but got bytes");

    JsonNode letter = Json.MAPPER.readTree(row.value());
    assertThat(row.topic()).isEqualTo(Topic.DEAD_LETTERS.name());
    assertThat(letter.get("topic").asText()).isEqualTo("muster.x");
    assertThat(letter.get("partition").asInt()).isEqualTo(3);
    assertThat(letter.get("offset").asInt()).isEqualTo(17);
    assertThat(letter.get("reason").asText()).isEqualTo("Expected a message, but got bytes");
    assertThat(letter.get("value").binaryValue()).isEqualTo(value);
  }

  @Test
  void longMessageIsCutIntoRecordsThatKeepTheOrder() throws IOException {
    List<SubmissionEvent> events =
        IntStream.range(0, 40)
            .<SubmissionEvent>mapToObj(
                i -> new SubmissionEvent.JobCancelRequested(JOB, i + "x".repeat(100_000)))
            .toList();

    List<OutboxRow> rows = OutboxRow.cut(Topic.SUBMISSIONS, JOB, null, Instant.EPOCH, events);

    List<SubmissionEvent> read = new ArrayList<>();
    for (OutboxRow row : rows) {
      assertThat(row.value()).hasSizeLessThan(1024 * 1024 + 1);
      read.addAll(Json.message(Topic.SUBMISSIONS, row.value()).events());
    }
    assertThat(read).isEqualTo(events);
  }

  @Test
  void shortMessageIsOneRecord() {
    List<SubmissionEvent> events = List.of(new SubmissionEvent.JobCancelRequested(JOB, "why"));

    assertThat(OutboxRow.cut(Topic.SUBMISSIONS, JOB, null, Instant.EPOCH, events)).hasSize(1);
  }

  @Test
  void recordThatCouldNeverBeSentIsRefusedWhereItIsMade() {
    byte[] value = "x".repeat(5 * 1024 * 1024).getBytes(StandardCharsets.UTF_8);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OutboxRow("muster.x", null, "k", "t", null, value))
        .withMessageStartingWith("Expected a record of at most");
  }
}
