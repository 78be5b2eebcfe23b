package dev.muster.kit.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.testkit.SpanReceiver;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TracingTest {
  private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  private static final String UNSAMPLED = PARENT.substring(0, 53) + "00";

  @Test
  void withoutReceiverThereIsNoTracing() {
    assertThat(Tracing.of("service", Map.of())).isSameAs(Tracing.OFF);
    assertThat(Tracing.of("service", Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", " ")))
        .isSameAs(Tracing.OFF);
    assertThat(Tracing.OFF.begin(Tracing.Kind.INTERNAL, "work", PARENT)).isNull();
  }

  @Test
  void variablesThatSwitchTracingOffDo() {
    String endpoint = "http://127.0.0.1:9";

    assertThat(
            Tracing.of(
                "service",
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint, "OTEL_SDK_DISABLED", "true")))
        .isSameAs(Tracing.OFF);
    assertThat(
            Tracing.of(
                "service",
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint, "OTEL_TRACES_EXPORTER", "none")))
        .isSameAs(Tracing.OFF);
  }

  @Test
  void variablesThatMeanNothingLeaveTracingOff() {
    assertThat(
            Tracing.of(
                "service",
                Map.of(
                    "OTEL_EXPORTER_OTLP_ENDPOINT",
                    "http://127.0.0.1:9",
                    "OTEL_TRACES_SAMPLER",
                    "sometimes")))
        .isSameAs(Tracing.OFF);
  }

  @Test
  void spanIsSentWithItsParentStatusAndService() {
    try (SpanReceiver receiver = SpanReceiver.answering()) {
      try (Tracing tracing = Tracing.of("job-planner", receiver.environment())) {
        Span span = begin(tracing, "work", PARENT);
        begin(tracing, "more", span.with("count", 3).traceparent()).fail("broken");
        span.end();
      }

      var work = receiver.named("work");
      var more = receiver.named("more");
      assertThat(work.service()).isEqualTo("job-planner");
      assertThat(work.traceparent()).startsWith(PARENT.substring(0, 36));
      assertThat(more.trace()).isEqualTo(work.trace());
      assertThat(more.parent()).isEqualTo(work.id());
      assertThat(more.failed()).isTrue();
      assertThat(work.failed()).isFalse();
    }
  }

  @Test
  void whatItsCallerDoesNotRecordIsNotRecorded() {
    try (SpanReceiver receiver = SpanReceiver.answering()) {
      try (Tracing tracing = Tracing.of("service", receiver.environment())) {
        Span request = tracing.request("GET", UNSAMPLED);

        assertThat(tracing.begin(Tracing.Kind.INTERNAL, "work", UNSAMPLED)).isNull();
        assertThat(request.traceparent())
            .startsWith(UNSAMPLED.substring(0, 36))
            .endsWith("-00")
            .matches(Traceparent::isValid);
        request.end();
        begin(tracing, "last", PARENT).end();
      }

      receiver.named("last");
      assertThat(receiver.spans()).extracting(SpanReceiver.Received::name).containsExactly("last");
    }
  }

  @Test
  void requestWithoutCallerBeginsTraceAsTheSamplerSays() {
    try (SpanReceiver receiver = SpanReceiver.answering()) {
      Map<String, String> never = new HashMap<>(receiver.environment());
      never.put("OTEL_TRACES_SAMPLER", "parentbased_traceidratio");
      never.put("OTEL_TRACES_SAMPLER_ARG", "0");
      try (Tracing always = Tracing.of("service", receiver.environment());
          Tracing none = Tracing.of("service", never)) {
        assertThat(always.request("GET", null).traceparent()).endsWith("-01");
        assertThat(always.request("GET", "nonsense").traceparent()).matches(Traceparent::isValid);
        assertThat(none.request("GET", null).traceparent()).endsWith("-00");
        assertThat(none.request("GET", PARENT).traceparent()).endsWith("-01");
      }
    }
  }

  @Test
  void workWithoutContextIsNoPartOfAnyTrace() {
    try (SpanReceiver receiver = SpanReceiver.answering();
        Tracing tracing = Tracing.of("service", receiver.environment())) {
      assertThat(tracing.begin(Tracing.Kind.INTERNAL, "work", null)).isNull();
      assertThat(tracing.begin(Tracing.Kind.INTERNAL, "work", "nonsense")).isNull();
    }
  }

  /** The queue of the SDK holds 2,048: were it waited for, this would never end. */
  @Test
  void receiverThatDoesNotAnswerHoldsNobodyUp() throws InterruptedException {
    try (SpanReceiver receiver = SpanReceiver.silent()) {
      try (Tracing tracing = Tracing.of("service", receiver.environment())) {
        begin(tracing, "first", PARENT).end();
        receiver.awaitRequest();
        for (int i = 0; i < 10_000; i++) {
          begin(tracing, "more", PARENT).end();
        }
      }
    }
  }

  private static Span begin(Tracing tracing, String name, String parent) {
    return Objects.requireNonNull(tracing.begin(Tracing.Kind.INTERNAL, name, parent));
  }
}
