package dev.muster.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.worker.ReportEvent;
import dev.muster.kit.trace.Tracing;
import dev.muster.testkit.SpanReceiver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AttemptSpansTest {
  private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  private static final AttemptRef REF = new AttemptRef(JobId.of(0, 1, 2), 7, 2, 9);

  @Test
  void failureIsAnErrorAndSaysNothingOfWhatTheCommandSaid() {
    AttemptEnd failed =
        new AttemptEnd(
            AttemptEnd.Status.FAILED,
            null,
            3,
            null,
            ErrorCode.values()[0],
            "a secret sentence",
            "a secret tail",
            12,
            40);

    SpanReceiver.Received span = recorded(new ReportEvent.AttemptFinished(REF, failed));

    assertThat(span.failed()).isTrue();
    assertThat(span.attributes())
        .containsEntry("muster.job.id", REF.job().external())
        .containsEntry("muster.task.index", "7")
        .containsEntry("muster.attempt.number", "2")
        .containsEntry("muster.lease.epoch", "9")
        .containsEntry("muster.attempt.status", "failed")
        .containsEntry("process.exit.code", "3")
        .containsKey("error.type");
    assertThat(span.toString()).doesNotContain("secret");
  }

  @Test
  void leaseGivenBackIsNoError() {
    SpanReceiver.Received span = recorded(new ReportEvent.AttemptReturned(REF));

    assertThat(span.failed()).isFalse();
    assertThat(span.attributes()).containsEntry("muster.attempt.status", "returned");
  }

  @Test
  void droppedAttemptIsAnError() {
    SpanReceiver.Received span = recorded(null);

    assertThat(span.failed()).isTrue();
    assertThat(span.attributes()).containsEntry("muster.attempt.status", "dropped");
  }

  @Test
  void withoutTraceThereIsNoSpan() {
    assertThat(new AttemptSpans(Tracing.OFF).begin(REF, PARENT)).isNull();
    AttemptSpans.started(null);
    AttemptSpans.end(null, null);
  }

  private static SpanReceiver.Received recorded(@Nullable ReportEvent report) {
    try (SpanReceiver receiver = SpanReceiver.answering()) {
      try (Tracing tracing = Tracing.of("worker-agent", receiver.environment())) {
        AttemptSpans.end(new AttemptSpans(tracing).begin(REF, PARENT), report);
      }
      return receiver.named("attempt");
    }
  }
}
