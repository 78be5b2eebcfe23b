package dev.muster.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.awaitility.Awaitility;

/** Takes spans by OTLP over HTTP, as a trace backend does; or takes none and lets senders wait. */
public final class SpanReceiver implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private final boolean silent;
  private final List<Received> spans = new CopyOnWriteArrayList<>();

  /**
   * A span that came.
   *
   * @param service who sent it
   * @param name its name
   * @param kind its kind, without prefix
   * @param trace id of its trace, in hexadecimal
   * @param id its own id
   * @param parent id of its parent; empty when it has none
   * @param failed whether its status is an error
   * @param startNanos since the epoch
   * @param endNanos since the epoch
   * @param attributes those that are texts or whole numbers, as text
   */
  public record Received(
      String service,
      String name,
      String kind,
      String trace,
      String id,
      String parent,
      boolean failed,
      long startNanos,
      long endNanos,
      Map<String, String> attributes) {
    /** Its W3C trace context. */
    public String traceparent() {
      return "00-" + trace + "-" + id + "-01";
    }
  }

  private SpanReceiver(boolean silent) {
    this.silent = silent;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  /** One that takes what comes. */
  public static SpanReceiver answering() {
    return new SpanReceiver(false);
  }

  /** One that takes requests and never answers. */
  public static SpanReceiver silent() {
    return new SpanReceiver(true);
  }

  /** Variables that send spans here soon. */
  public Map<String, String> environment() {
    return Map.of(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "http://127.0.0.1:" + server.getAddress().getPort(),
        "OTEL_BSP_SCHEDULE_DELAY",
        "20");
  }

  /** Waits until somebody wants to send spans. */
  public void awaitRequest() throws InterruptedException {
    asked.await();
  }

  /** All that came. */
  public List<Received> spans() {
    return List.copyOf(spans);
  }

  /** The first span of that name, once it came. */
  public Received named(String name) {
    return Awaitility.await(name)
        .atMost(PATIENCE)
        .until(
            () -> spans.stream().filter(span -> span.name().equals(name)).findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  private void take(HttpExchange exchange) throws IOException {
    asked.countDown();
    if (silent) {
      wait(over);
    } else {
      String coding = exchange.getRequestHeaders().getFirst("Content-Encoding");
      try (InputStream body = exchange.getRequestBody()) {
        ExportTraceServiceRequest.parseFrom(
                "gzip".equals(coding) ? new GZIPInputStream(body) : body)
            .getResourceSpansList()
            .forEach(this::keep);
      }
      exchange.sendResponseHeaders(200, -1);
    }
    exchange.close();
  }

  private static void wait(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void keep(ResourceSpans sent) {
    String service = texts(sent.getResource().getAttributesList()).getOrDefault("service.name", "");
    sent.getScopeSpansList()
        .forEach(scope -> scope.getSpansList().forEach(span -> spans.add(received(service, span))));
  }

  private static Received received(String service, Span span) {
    HexFormat hex = HexFormat.of();
    return new Received(
        service,
        span.getName(),
        span.getKind().name().replace("SPAN_KIND_", ""),
        hex.formatHex(span.getTraceId().toByteArray()),
        hex.formatHex(span.getSpanId().toByteArray()),
        hex.formatHex(span.getParentSpanId().toByteArray()),
        span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR,
        span.getStartTimeUnixNano(),
        span.getEndTimeUnixNano(),
        texts(span.getAttributesList()));
  }

  private static Map<String, String> texts(List<KeyValue> attributes) {
    return attributes.stream()
        .collect(
            Collectors.toMap(
                KeyValue::getKey,
                attribute ->
                    attribute.getValue().hasIntValue()
                        ? Long.toString(attribute.getValue().getIntValue())
                        : attribute.getValue().getStringValue()));
  }

  @Override
  public void close() {
    over.countDown();
    server.stop(0);
    threads.close();
  }
}
