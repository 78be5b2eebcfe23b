package dev.muster.kit.trace;

import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Makes the spans of one process. Configured by the standard environment variables of OpenTelemetry
 * ({@code OTEL_EXPORTER_OTLP_ENDPOINT}, {@code OTEL_TRACES_SAMPLER} …); off where none of them
 * names a receiver. What cannot be sent is dropped: no caller ever waits for the receiver.
 */
public interface Tracing extends AutoCloseable {
  /** Makes no spans, at no cost. */
  Tracing OFF = new Off();

  /** What a span says of its end of a conversation; the names are OpenTelemetry's. */
  enum Kind {
    SERVER,
    PRODUCER,
    CONSUMER,
    INTERNAL
  }

  /** Whether any span can come of this. */
  boolean isOn();

  /**
   * Begins the part of a trace that a record belongs to.
   *
   * @param name few different ones: no ids
   * @param parent W3C trace context of what led to it, or null
   * @return the span; null when there is no trace, or it is not recorded
   */
  @Nullable Span begin(Kind kind, String name, @Nullable String parent);

  /**
   * Begins what a request leads to: a part of the caller's trace, or a new one. Only while tracing
   * {@linkplain #isOn is on}.
   *
   * @param parent what the caller sent as W3C trace context, or null
   * @return the span; when the trace is not recorded, it still has a context to pass on
   */
  Span request(String name, @Nullable String parent);

  /** Sends what is left, if that goes quickly, and stops. */
  @Override
  void close();

  /**
   * The tracing of a service.
   *
   * @param service its name, unless {@code OTEL_SERVICE_NAME} says another
   * @param environment the variables of the process
   */
  static Tracing of(String service, Map<String, String> environment) {
    if (!Receiver.isNamed(environment)) {
      return OFF;
    }
    try {
      return OtelTracing.of(service, environment);
    } catch (RuntimeException e) {
      // Whatever is wrong with the traces, jobs go on.
      Logger.getLogger(Tracing.class)
          .errorf("Expected to send traces as OTEL_* say, but %s; there are none", e.getMessage());
      return OFF;
    }
  }

  /** Makes no spans. */
  final class Off implements Tracing {
    private Off() {}

    @Override
    public boolean isOn() {
      return false;
    }

    @Override
    public @Nullable Span begin(Kind kind, String name, @Nullable String parent) {
      return null;
    }

    @Override
    public Span request(String name, @Nullable String parent) {
      throw new IllegalStateException("Expected tracing to be on, but it is off");
    }

    @Override
    public void close() {}
  }
}
