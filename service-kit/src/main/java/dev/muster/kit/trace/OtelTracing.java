package dev.muster.kit.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Spans by OpenTelemetry's SDK, sent by OTLP over HTTP. They wait in a bounded queue for a thread
 * of the SDK; a full queue drops them.
 */
final class OtelTracing implements Tracing {
  /** How long a service that stops waits for a receiver that does not answer, in milliseconds. */
  private static final long LAST_SPANS_MILLIS = 1_000;

  private static final int SPAN = 36;
  private static final int FLAGS = 53;

  private final OpenTelemetrySdk sdk;
  private final Tracer tracer;

  private OtelTracing(OpenTelemetrySdk sdk) {
    this.sdk = sdk;
    this.tracer = sdk.getTracer("dev.muster");
  }

  /**
   * As the variables say.
   *
   * @throws RuntimeException when they say what cannot be
   */
  static OtelTracing of(String service, Map<String, String> environment) {
    return new OtelTracing(
        AutoConfiguredOpenTelemetrySdk.builder()
            .disableShutdownHook()
            .addPropertiesCustomizer(config -> properties(service, environment))
            .build()
            .getOpenTelemetrySdk());
  }

  private static Map<String, String> properties(String service, Map<String, String> environment) {
    Map<String, String> properties = new HashMap<>();
    properties.put("otel.service.name", service);
    // The JDK's client speaks no gRPC; it costs no library more.
    properties.put("otel.exporter.otlp.protocol", "http/protobuf");
    environment.forEach((name, value) -> {
      if (name.startsWith("OTEL_") && !value.isBlank()) {
        properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
      }
    });
    // Metrics are scraped and logs are files.
    properties.put("otel.metrics.exporter", "none");
    properties.put("otel.logs.exporter", "none");
    return properties;
  }

  @Override
  public boolean isOn() {
    return true;
  }

  @Override
  public @Nullable Span begin(Kind kind, String name, @Nullable String parent) {
    if (!Traceparent.isValid(parent)) {
      return null;
    }
    io.opentelemetry.api.trace.Span span = start(kind, name, parent);
    return span.isRecording() ? new Recorded(span) : null;
  }

  @Override
  public Span request(String name, @Nullable String parent) {
    return new Recorded(start(Kind.SERVER, name, Traceparent.isValid(parent) ? parent : null));
  }

  private io.opentelemetry.api.trace.Span start(Kind kind, String name, @Nullable String parent) {
    Context context = Context.root();
    if (parent != null) {
      SpanContext remote =
          SpanContext.createFromRemoteParent(
              parent.substring(3, SPAN - 1),
              parent.substring(SPAN, FLAGS - 1),
              TraceFlags.fromHex(parent, FLAGS),
              TraceState.getDefault());
      context = context.with(io.opentelemetry.api.trace.Span.wrap(remote));
    }
    return tracer
        .spanBuilder(name)
        .setSpanKind(SpanKind.valueOf(kind.name()))
        .setParent(context)
        .startSpan();
  }

  @Override
  public void close() {
    sdk.getSdkTracerProvider().shutdown().join(LAST_SPANS_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * A span of the SDK.
   *
   * @param span it
   */
  private record Recorded(io.opentelemetry.api.trace.Span span) implements Span {
    private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    @Override
    public String traceparent() {
      SpanContext context = span.getSpanContext();
      return "00-"
          + context.getTraceId()
          + "-"
          + context.getSpanId()
          + "-"
          + context.getTraceFlags().asHex();
    }

    @Override
    public Span with(String attribute, String value) {
      span.setAttribute(attribute, value);
      return this;
    }

    @Override
    public Span with(String attribute, long value) {
      span.setAttribute(attribute, value);
      return this;
    }

    @Override
    public void event(String name) {
      span.addEvent(name);
    }

    @Override
    public void rename(String name) {
      span.updateName(name);
    }

    @Override
    public void end() {
      span.end();
    }

    @Override
    public void fail(String errorType) {
      span.setAttribute(ERROR_TYPE, errorType);
      span.setStatus(io.opentelemetry.api.trace.StatusCode.ERROR);
      span.end();
    }
  }
}
