package dev.muster.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.Message;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.SubmissionEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecodedTest {
  private static final JobId JOB = JobId.of(1_700_000_000_000L, 1, 2);
  private static final Message<SubmissionEvent> CANCEL =
      new Message<>(Instant.EPOCH, List.of(new SubmissionEvent.JobCancelRequested(JOB, null)));

  @Test
  void whatWasWrittenIsReadWithItsTrace() {
    String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    ProducerRecord<String, byte[]> sent =
        Headers.add(
            new ProducerRecord<>(
                Topic.SUBMISSIONS.name(), JOB.value(), Json.bytes(Topic.SUBMISSIONS, CANCEL)),
            "gateway-1",
            Topic.SUBMISSIONS.ceType(),
            "/muster/api-gateway",
            Instant.EPOCH,
            trace);
    ConsumerRecord<String, byte[]> record = record(sent.key(), sent.value());
    sent.headers().forEach(record.headers()::add);

    assertThat(Decoded.of(Topic.SUBMISSIONS, record))
        .isEqualTo(new Decoded.Readable<>(JOB.value(), CANCEL, trace, "gateway-1"));
    assertThat(Headers.text(record, "ce_subject")).isEqualTo(JOB.value());
    assertThat(Headers.text(record, "ce_traceparent")).isEqualTo(trace);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"at\":\"2026-01-01T00:00:00Z\",\"events\":[]}",
        "{\"at\":\"2026-01-01T00:00:00Z\",\"events\":[{\"type\":\"of_a_later_version\"}]}",
        "{\"at\":\"2026-01-01T00:00:00Z\",\"events\":[{\"type\":\"job_cancel_requested\",\"job\":\"x\"}]}"
      })
  void whatIsNoMessageIsUnreadableAndSaysWhy(String text) {
    Decoded<SubmissionEvent> decoded =
        Decoded.of(Topic.SUBMISSIONS, record("k", text.getBytes(StandardCharsets.UTF_8)));

    assertThat(decoded)
        .isInstanceOfSatisfying(
            Decoded.Unreadable.class,
            unreadable ->
                assertThat(unreadable.reason())
                    .startsWith("Expected a message of muster.job.submissions, but "));
  }

  @Test
  void noBytesAreTooOddToBeJudged() {
    SplittableRandom random = new SplittableRandom(5);
    byte[] good = Json.bytes(Topic.SUBMISSIONS, CANCEL);
    for (int run = 0; run < 2_000; run++) {
      byte[] bytes = good.clone();
      for (int i = random.nextInt(1, 5); i > 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      assertThat(Decoded.of(Topic.SUBMISSIONS, record("k", bytes))).isNotNull();
    }
    byte[] deep = "[".repeat(1_000_000).getBytes(StandardCharsets.UTF_8);
    assertThat(Decoded.of(Topic.SUBMISSIONS, record("k", deep)))
        .isInstanceOf(Decoded.Unreadable.class);
  }

  @Test
  void recordWithoutKeyOrValueIsUnreadable() {
    assertThat(Decoded.of(Topic.SUBMISSIONS, record(null, new byte[0])))
        .isInstanceOf(Decoded.Unreadable.class);
    assertThat(Decoded.of(Topic.SUBMISSIONS, record("k", null)))
        .isInstanceOf(Decoded.Unreadable.class);
  }

  @SuppressWarnings("NullAway") // A record on the broker may have neither.
  private static ConsumerRecord<String, byte[]> record(
      @Nullable String key, byte @Nullable [] value) {
    return new ConsumerRecord<>(Topic.SUBMISSIONS.name(), 3, 17, key, value);
  }
}
