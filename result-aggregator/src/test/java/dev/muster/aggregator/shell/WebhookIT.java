package dev.muster.aggregator.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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
import dev.muster.testkit.Infrastructure;
import java.net.http.HttpHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deliveries by the packaged service, on a real broker, a real database and real receivers. */
@SuppressWarnings("NullAway.Init")
class WebhookIT {
  private static final SplittableRandom RANDOM = new SplittableRandom();
  private static final byte[] SECRET = new byte[32];
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final Duration[] SCHEDULE = {
    Duration.ofMillis(300), Duration.ofMillis(600), Duration.ofMillis(1_200)
  };

  private static Infrastructure infrastructure;
  private static ServiceProcess service;
  private static Wire wire;
  private static Tables tables;
  private static Receiver receiver;
  private static Path keyFile;

  /** Every test has a tenant of its own, so that none sees another's events. */
  private String tenant;

  @BeforeAll
  static void startService() throws Exception {
    Arrays.fill(SECRET, (byte) 7);
    infrastructure = Infrastructure.shared();
    keyFile = Files.createTempDirectory("webhooks").resolve("key");
    SecretBox.of(keyFile);
    service = startAggregator();
    wire = new Wire(infrastructure);
    tables = Tables.as(infrastructure, "muster_gateway");
    receiver = new Receiver();
  }

  @AfterAll
  static void stopService() throws Exception {
    receiver.close();
    tables.close();
    wire.close();
    service.close();
    Files.deleteIfExists(keyFile);
    Files.deleteIfExists(keyFile.getParent());
  }

  private static ServiceProcess startAggregator() throws Exception {
    return ServiceProcess.start(
        infrastructure,
        Map.of(
            "aggregator.webhook.key-file", keyFile.toString(),
            "aggregator.webhook.open-networks", "127.0.0.0/8",
            "aggregator.webhook.timeout", "3s",
            "aggregator.webhook.schedule", "300ms,600ms,1200ms",
            "aggregator.webhook.circuit-pause", "300ms",
            "aggregator.webhook.circuit-failures", "6"));
  }

  @BeforeEach
  void takeTenant() {
    tenant = "t" + Long.toUnsignedString(RANDOM.nextLong(), 36);
  }

  @Test
  void endOfAJobReachesEndpointAndCallbackSignedAndRedacted() throws Exception {
    String path = newPath();
    String url = receiver.open(path, Receiver.statuses(204));
    String callbackPath = newPath();
    String callback = receiver.open(callbackPath, Receiver.statuses(200));
    endpoint("ep_a", url, 1, WebhookKinds.DEFAULT);
    signCallbacks();
    JobId job = newJob();

    complete(job, callback);

    awaitThat(() -> !receiver.of(path).isEmpty() && !receiver.of(callbackPath).isEmpty());
    Receiver.Received one = receiver.of(path).getFirst();
    assertThat(one.id()).matches("msg_ep_a_" + tenant + "_" + job.value() + "_[0-9]+");
    verify(one);
    verify(receiver.of(callbackPath).getFirst());
    JsonNode body = Json.MAPPER.readTree(one.body());
    assertThat(body.path("event").asText()).isEqualTo("job.completed");
    assertThat(body.path("job_id").asText()).isEqualTo(job.external());
    assertThat(body.path("status").asText()).isEqualTo("completed");
    assertThat(body.path("counts").path("succeeded").asInt()).isEqualTo(1);
    assertThat(body.path("summary").path("attempts").asInt()).isEqualTo(1);
    assertThat(body.path("meta").toString()).isEqualTo("{\"owner\":\"ann\"}");
    assertThat(one.body())
        .contains("\"meta\":{\"owner\": \"ann\"}")
        .doesNotContain("secret-worker");
    // when it arrives, the state it tells of can be read.
    assertThat(tables.job(job, "state")).isEqualTo("COMPLETED");
    awaitDelivery(one.id(), "delivered");
  }

  @Test
  void f81ScheduleIsKeptAndTheIdStays() throws Exception {
    String path = newPath();
    endpoint("ep_a", receiver.open(path, Receiver.statuses(500, 500, 500, 200)), 1);

    JobId job = complete();

    awaitThat(() -> receiver.of(path).size() == 4);
    List<Receiver.Received> all = receiver.of(path);
    assertThat(all.stream().map(Receiver.Received::id).distinct()).hasSize(1);
    assertThat(all.stream().map(Receiver.Received::body).distinct()).hasSize(1);
    for (int i = 0; i < SCHEDULE.length; i++) {
      Duration gap = Duration.ofNanos(all.get(i + 1).nanos() - all.get(i).nanos());
      // Not sooner than the jitter allows; later only by what a busy machine adds.
      assertThat(gap)
          .isGreaterThan(SCHEDULE[i].multipliedBy(88).dividedBy(100))
          .isLessThan(SCHEDULE[i].multipliedBy(111).dividedBy(100).plusSeconds(5));
    }
    awaitDelivery(all.getFirst().id(), "delivered");
    assertThat(
            tables.rows(
                "SELECT status FROM aggregator.webhook_attempt WHERE delivery_id = ? ORDER BY attempt",
                all.getFirst().id()))
        .extracting(row -> row.get("status"))
        .containsExactly(500, 500, 500, 200);
    assertThat(tables.job(job, "state")).isEqualTo("COMPLETED");
  }

  @Test
  void f81RetryAfterIsHonoured() throws Exception {
    String path = newPath();
    endpoint(
        "ep_a",
        receiver.open(
            path,
            (exchange, n) -> {
              exchange.getResponseHeaders().set("Retry-After", "2");
              exchange.sendResponseHeaders(n == 0 ? 429 : 200, -1);
            }),
        1);

    complete();

    awaitThat(() -> receiver.of(path).size() == 2);
    assertThat(receiver.of(path).get(1).nanos() - receiver.of(path).get(0).nanos())
        .isGreaterThanOrEqualTo(Duration.ofMillis(1_950).toNanos());
  }

  @Test
  void f81GoneDisablesAndTellsTheOthers() throws Exception {
    String path = newPath();
    String other = newPath();
    endpoint("ep_gone", receiver.open(path, Receiver.statuses(410)), 1);
    String url = receiver.open(other, Receiver.statuses(200));
    endpoint("ep_other", url, 1, List.of(WebhookKinds.DISABLED));

    complete();

    awaitThat(() -> receiver.of(other).size() == 1);
    assertThat(receiver.of(path)).hasSize(1);
    assertThat(receiver.of(other).getFirst().body())
        .contains("webhook.disabled", "ep_gone_" + tenant, "gone");
    assertThat(endpointRow("ep_gone").get("disabled_reason")).isEqualTo("gone");
    awaitThat(() ->
        wire.allOf(Topic.WEBHOOKS).stream()
            .anyMatch(
                text -> text.contains("endpoint_disabled") && text.contains("ep_gone_" + tenant)));
    complete();
    JobId third = complete();
    awaitThat(() -> tables.job(third, "state").equals("COMPLETED"));
    assertThat(receiver.of(path)).hasSize(1);
  }

  @Test
  void exhaustedDeliveryIsSentAgainByHandWithTheSameId() throws Exception {
    String path = newPath();
    endpoint("ep_a", receiver.open(path, Receiver.statuses(500, 500, 500, 500, 200)), 1);

    complete();

    awaitThat(() -> receiver.of(path).size() == 4);
    String id = receiver.of(path).getFirst().id();
    awaitDelivery(id, "exhausted");
    WebhookEvent wish = new WebhookEvent.RedeliveryRequested(name("ep_a"), tenant, id, "req_1");
    tell(wish, wish);
    awaitThat(() -> receiver.of(path).size() == 5);
    awaitDelivery(id, "delivered");
    assertThat(receiver.of(path).stream().map(Receiver.Received::id)).containsOnly(id);
    tell(wish);
    // What was told after the repeat is done after it, so the repeat did nothing.
    tell(new WebhookEvent.PingRequested(name("ep_a"), tenant, "msg_ping_" + tenant));
    awaitThat(() -> receiver.of(path).size() == 6);
    assertThat(receiver.of(path).getLast().id()).isEqualTo("msg_ping_" + tenant);
    assertThat(receiver.of(path).getLast().body()).contains("webhook.ping");
  }

  @Test
  void f80KilledBetweenSendAndRecordSendsTheSameIdAgain() throws Exception {
    String path = newPath();
    CountDownLatch killed = new CountDownLatch(1);
    endpoint(
        "ep_a",
        receiver.open(
            path,
            (exchange, n) -> {
              if (n == 0) {
                killed.await(); // it has come in whole; its answer never goes out
              }
              exchange.sendResponseHeaders(200, -1);
            }),
        1);

    complete();
    awaitThat(() -> receiver.of(path).size() == 1);
    service.kill();
    killed.countDown();
    service = startAggregator();

    awaitThat(() -> receiver.of(path).size() == 2);
    assertThat(receiver.of(path).stream().map(Receiver.Received::id).distinct()).hasSize(1);
    assertThat(receiver.of(path).stream().map(Receiver.Received::body).distinct()).hasSize(1);
    awaitDelivery(receiver.of(path).getFirst().id(), "delivered");
  }

  @Test
  void f82HungReceiversDelayNoHealthyOne() throws Exception {
    int hung = 200;
    List<String> paths = new ArrayList<>();
    CountDownLatch over = new CountDownLatch(1);
    List<WebhookEvent> endpoints = new ArrayList<>();
    for (int i = 0; i < hung; i++) {
      String path = newPath();
      paths.add(path);
      String url = receiver.open(path, (exchange, n) -> over.await());
      endpoints.add(saved("ep_hung_" + i, url, 1, WebhookKinds.DEFAULT, true));
    }
    String path = newPath();
    String url = receiver.open(path, Receiver.statuses(200));
    endpoints.add(saved("ep_healthy", url, 1, WebhookKinds.DEFAULT, true));
    tell(endpoints.toArray(WebhookEvent[]::new));
    awaitThat(() -> endpointRow("ep_healthy").containsKey("live"));
    try {
      complete();
      awaitThat(() -> paths.stream().allMatch(hangs -> !receiver.of(hangs).isEmpty()));
      awaitThat(() -> receiver.of(path).size() == 1);

      JobId second = complete();

      awaitThat(() -> receiver.of(path).size() == 2);
      long delay =
          Duration.between(
                  Instant.parse(
                      Json.MAPPER
                          .readTree(receiver.of(path).getLast().body())
                          .path("timestamp")
                          .asText()),
                  attemptStart("msg_ep_healthy_" + tenant + "_" + second.value()))
              .toMillis();
      // The row's own times, so that the machine's load between test and service counts not at all.
      assertThat(delay).isLessThan(2_000);
      assertThat(longestAttemptMillis()).isLessThan(TIMEOUT.plusSeconds(10).toMillis());
    } finally {
      over.countDown();
      List<WebhookEvent> deleted = new ArrayList<>();
      endpoints.forEach(
          e -> deleted.add(new WebhookEvent.EndpointDeleted(e.endpoint(), tenant, 2)));
      tell(deleted.toArray(WebhookEvent[]::new));
    }
  }

  @Test
  void olderWordAboutAnEndpointChangesNothingAndADeletedOneIsSilent() throws Exception {
    String path = newPath();
    String url = receiver.open(path, Receiver.statuses(200));
    endpoint("ep_a", url, 3);
    tell(saved("ep_a", url + "/wrong", 2, WebhookKinds.DEFAULT, false));
    complete();
    awaitThat(() -> receiver.of(path).size() == 1);

    tell(
        new WebhookEvent.EndpointDeleted(name("ep_a"), tenant, 4),
        saved("ep_a", url, 5, WebhookKinds.DEFAULT, true));
    awaitThat(() -> Boolean.TRUE.equals(endpointRow("ep_a").get("deleted")));
    JobId job = complete();
    awaitThat(() -> tables.job(job, "state").equals("COMPLETED"));

    assertThat(
            tables.rows(
                "SELECT * FROM aggregator.webhook_delivery WHERE tenant = ? AND job_id = ?",
                tenant,
                job.value()))
        .isEmpty();
    assertThat(endpointRow("ep_a").get("secrets")).isEqualTo("[]");
  }

  @Test
  void privateTargetIsNeverCalled() throws Exception {
    endpoint("ep_a", "https://10.255.255.1/hook", 1);

    JobId job = complete();

    awaitThat(() ->
        !tables
            .rows(
                "SELECT * FROM aggregator.webhook_attempt a JOIN aggregator.webhook_delivery d"
                    + " USING (delivery_id) WHERE d.job_id = ? AND a.error = 'not_allowed'",
                job.value())
            .isEmpty());
  }

  private JobId complete() throws Exception {
    JobId job = newJob();
    complete(job, null);
    return job;
  }

  private void complete(JobId job, @Nullable String callback) throws Exception {
    JobSpec spec = spec(callback);
    wire.submitted(job, spec);
    wire.planned(job, spec);
    wire.happened(
        job,
        new TaskEvent.TaskLeased(0, 1, 1, new WorkerId("secret-worker")),
        new TaskEvent.TaskSucceeded(0, 1, 1, Samples.success("{}")));
  }

  private JobSpec spec(@Nullable String callback) {
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

  private void endpoint(String name, String url, long version) throws Exception {
    endpoint(name, url, version, WebhookKinds.DEFAULT);
  }

  /** Tells of an endpoint and waits until the service knows it. */
  private void endpoint(String name, String url, long version, List<String> kinds)
      throws Exception {
    tell(saved(name, url, version, kinds, true));
    awaitThat(() -> Boolean.TRUE.equals(endpointRow(name).get("live")));
  }

  private void signCallbacks() {
    String id = WebhookEvent.callbackEndpoint(tenant);
    tell(new WebhookEvent.EndpointSaved(id, tenant, 1, null, List.of(), true, List.of(sealed(id))));
  }

  private WebhookEvent saved(
      String name, String url, long version, List<String> kinds, boolean enabled) {
    return new WebhookEvent.EndpointSaved(
        name(name), tenant, version, url, kinds, enabled, List.of(sealed(name(name))));
  }

  private static SigningSecret sealed(String endpoint) {
    return new SigningSecret(SecretBox.of(keyFile).seal(SECRET, endpoint), null);
  }

  private String name(String endpoint) {
    return endpoint + "_" + tenant;
  }

  private void tell(WebhookEvent... events) {
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

  private Map<String, Object> endpointRow(String name) throws Exception {
    return tables
        .rows("SELECT * FROM aggregator.webhook_endpoint WHERE endpoint_id = ?", name(name))
        .stream()
        .findFirst()
        .orElse(Map.of());
  }

  private static Instant attemptStart(String idPrefix) throws Exception {
    awaitThat(() -> !attempts(idPrefix).isEmpty());
    Object started = attempts(idPrefix).getFirst().get("started_at");
    return ((Timestamp) Objects.requireNonNull(started)).toInstant();
  }

  private static List<Map<String, Object>> attempts(String idPrefix) throws Exception {
    return tables.rows(
        "SELECT * FROM aggregator.webhook_attempt WHERE starts_with(delivery_id, ?)", idPrefix);
  }

  private long longestAttemptMillis() throws Exception {
    awaitThat(() ->
        !tables
            .rows(
                "SELECT * FROM aggregator.webhook_attempt WHERE starts_with(delivery_id,"
                    + " 'msg_ep_hung_')")
            .isEmpty());
    return tables
        .rows(
            "SELECT millis FROM aggregator.webhook_attempt WHERE starts_with(delivery_id,"
                + " 'msg_ep_hung_')")
        .stream()
        .mapToLong(row -> (Long) row.get("millis"))
        .max()
        .orElseThrow();
  }

  private static void awaitDelivery(String id, String state) {
    awaitThat(() ->
        tables
            .rows("SELECT state FROM aggregator.webhook_delivery WHERE delivery_id = ?", id)
            .stream()
            .anyMatch(row -> state.equals(row.get("state"))));
  }

  private static void verify(Receiver.Received received) throws Exception {
    HttpHeaders headers =
        HttpHeaders.of(
            received.headers().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> List.of(e.getValue()))),
            (name, value) -> true);
    new Webhook("whsec_" + Base64.getEncoder().encodeToString(SECRET))
        .verify(received.body(), headers);
  }

  private static void awaitThat(Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(condition);
  }

  private static String newPath() {
    return "/hook/" + Long.toUnsignedString(RANDOM.nextLong(), 36);
  }

  private static JobId newJob() {
    return JobId.of(System.currentTimeMillis(), RANDOM.nextLong(), RANDOM.nextLong());
  }
}
