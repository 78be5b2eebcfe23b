package dev.muster.aggregator.shell;

import static dev.muster.aggregator.shell.Aggregation.awaitThat;
import static dev.muster.aggregator.shell.Aggregation.newJob;

import com.standardwebhooks.Webhook;
import dev.muster.aggregator.job.Samples;
import dev.muster.contracts.Message;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.contracts.webhook.SigningSecret;
import dev.muster.contracts.webhook.WebhookEvent;
import dev.muster.contracts.webhook.WebhookKinds;
import dev.muster.kit.Headers;
import dev.muster.kit.Json;
import dev.muster.kit.SecretBox;
import java.net.http.HttpHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** The packaged service with real receivers, and the tenant of the test that runs. */
final class WebhookWorld implements AutoCloseable {
  private static final SplittableRandom RANDOM = new SplittableRandom();
  static final byte[] SECRET = new byte[32];

  static {
    Arrays.fill(SECRET, (byte) 7);
  }

  final Aggregation service;
  final Wire wire;
  final Tables tables;
  final Receiver receiver;
  final Path keyFile;
  private String tenant = "";

  /**
   * @param settings of the service, beside the key file and loopback as an open network
   * @param environment of its process
   */
  WebhookWorld(Map<String, String> settings, Map<String, String> environment) throws Exception {
    keyFile = Files.createTempDirectory("webhooks").resolve("key");
    SecretBox.of(keyFile);
    Map<String, String> all = new HashMap<>(settings);
    all.put("aggregator.webhook.key-file", keyFile.toString());
    all.put("aggregator.webhook.open-networks", "127.0.0.0/8");
    service = new Aggregation(all, environment);
    wire = service.wire;
    tables = service.tables;
    receiver = new Receiver();
  }

  @Override
  public void close() throws Exception {
    receiver.close();
    service.close();
    Files.deleteIfExists(keyFile);
    Files.deleteIfExists(Objects.requireNonNull(keyFile.getParent()));
  }

  /** Every test has a tenant of its own, so that none sees another's events. */
  void takeTenant() {
    tenant = "t" + Long.toUnsignedString(RANDOM.nextLong(), 36);
  }

  String tenant() {
    return tenant;
  }

  JobId complete() throws Exception {
    JobId job = newJob();
    complete(job, null);
    return job;
  }

  void complete(JobId job, @Nullable String callback) throws Exception {
    JobSpec spec = spec(callback);
    wire.submitted(job, spec);
    wire.planned(job, spec);
    wire.happened(
        job,
        new TaskEvent.TaskLeased(0, 1, 1, new WorkerId("secret-worker")),
        new TaskEvent.TaskSucceeded(0, 1, 1, Samples.success("{}")));
  }

  JobSpec spec(@Nullable String callback) {
    JobSpec some = Samples.spec(1);
    return new JobSpec(
            tenant,
            some.pool(),
            some.type(),
            "vision",
            "ref-1",
            List.of("nightly"),
            "{\"owner\": \"ann\"}",
            null,
            some.runnerCommand(),
            some.payload(),
            some.fanOut(),
            some.batchSize(),
            some.taskCount(),
            some.requirements(),
            some.retry(),
            some.timeoutSeconds(),
            some.priority(),
            null,
            IndexRanges.EMPTY)
        .withCallback(callback);
  }

  void endpoint(String name, String url, long version) throws Exception {
    endpoint(name, url, version, WebhookKinds.DEFAULT);
  }

  /** Tells of an endpoint and waits until the service knows it. */
  void endpoint(String name, String url, long version, List<String> kinds) throws Exception {
    tell(saved(name, url, version, kinds, true));
    awaitThat(() -> Boolean.TRUE.equals(endpointRow(name).get("live")));
  }

  void signCallbacks() {
    String id = WebhookEvent.callbackEndpoint(tenant);
    tell(new WebhookEvent.EndpointSaved(id, tenant, 1, null, List.of(), true, List.of(sealed(id))));
  }

  WebhookEvent saved(String name, String url, long version, List<String> kinds, boolean enabled) {
    return new WebhookEvent.EndpointSaved(
        name(name), tenant, version, url, kinds, enabled, List.of(sealed(name(name))));
  }

  SigningSecret sealed(String endpoint) {
    return new SigningSecret(SecretBox.of(keyFile).seal(SECRET, endpoint), null);
  }

  String name(String endpoint) {
    return endpoint + "_" + tenant;
  }

  void tell(WebhookEvent... events) {
    byte[] body = Json.bytes(Topic.WEBHOOKS, new Message<>(Instant.now(), List.of(events)));
    wire.send(
        Headers.add(
            new ProducerRecord<>(Topic.WEBHOOKS.name(), tenant, body),
            "it",
            Topic.WEBHOOKS.ceType(),
            "/muster/it",
            Instant.now(),
            null));
  }

  Map<String, Object> endpointRow(String name) throws Exception {
    return tables
        .rows("SELECT * FROM aggregator.webhook_endpoint WHERE endpoint_id = ?", name(name))
        .stream()
        .findFirst()
        .orElse(Map.of());
  }

  Instant attemptStart(String idPrefix) throws Exception {
    awaitThat(() -> !attempts(idPrefix).isEmpty());
    Object started = attempts(idPrefix).getFirst().get("started_at");
    return ((Timestamp) Objects.requireNonNull(started)).toInstant();
  }

  List<Map<String, Object>> attempts(String idPrefix) throws Exception {
    return tables.rows(
        "SELECT * FROM aggregator.webhook_attempt WHERE starts_with(delivery_id, ?)", idPrefix);
  }

  void awaitDelivery(String id, String state) {
    awaitThat(() ->
        tables
            .rows("SELECT state FROM aggregator.webhook_delivery WHERE delivery_id = ?", id)
            .stream()
            .anyMatch(row -> state.equals(row.get("state"))));
  }

  static void verify(Receiver.Received received) throws Exception {
    verify(received, SECRET);
  }

  /** That the published library accepts it with this secret. */
  static void verify(Receiver.Received received, byte[] secret) throws Exception {
    HttpHeaders headers =
        HttpHeaders.of(
            received.headers().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> List.of(e.getValue()))),
            (name, value) -> true);
    new Webhook("whsec_" + Base64.getEncoder().encodeToString(secret))
        .verify(received.body(), headers);
  }

  static String newPath() {
    return "/hook/" + Long.toUnsignedString(RANDOM.nextLong(), 36);
  }
}
