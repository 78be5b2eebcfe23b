package dev.muster.aggregator.shell;

import static dev.muster.aggregator.shell.Aggregation.awaitThat;
import static dev.muster.aggregator.shell.Aggregation.newJob;
import static dev.muster.aggregator.shell.WebhookWorld.newPath;
import static dev.muster.aggregator.shell.WebhookWorld.verify;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.SubmissionEvent;
import dev.muster.contracts.webhook.WebhookEvent;
import dev.muster.contracts.webhook.WebhookKinds;
import dev.muster.kit.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deliveries by the packaged service, on a real broker, a real database and real receivers. */
@SuppressWarnings("NullAway.Init")
class WebhookIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final Duration[] SCHEDULE = {
    Duration.ofMillis(300), Duration.ofMillis(600), Duration.ofMillis(1_200)
  };

  private static WebhookWorld world;

  @BeforeAll
  static void startService() throws Exception {
    world =
        new WebhookWorld(
            Map.of(
                "aggregator.webhook.timeout", "3s",
                "aggregator.webhook.schedule", "300ms,600ms,1200ms",
                "aggregator.webhook.circuit-pause", "300ms",
                "aggregator.webhook.circuit-failures", "6"),
            Map.of());
  }

  @AfterAll
  static void stopService() throws Exception {
    world.close();
  }

  @BeforeEach
  void takeTenant() {
    world.takeTenant();
  }

  @Test
  void endOfAJobReachesEndpointAndCallbackSignedAndRedacted() throws Exception {
    String path = newPath();
    String url = world.receiver.open(path, Receiver.statuses(204));
    String callbackPath = newPath();
    String callback = world.receiver.open(callbackPath, Receiver.statuses(200));
    world.endpoint("ep_a", url, 1, WebhookKinds.DEFAULT);
    world.signCallbacks();
    JobId job = newJob();

    world.complete(job, callback);

    awaitThat(
        () -> !world.receiver.of(path).isEmpty() && !world.receiver.of(callbackPath).isEmpty());
    Receiver.Received one = world.receiver.of(path).getFirst();
    assertThat(one.id()).matches("msg_ep_a_" + world.tenant() + "_" + job.value() + "_[0-9]+");
    verify(one);
    verify(world.receiver.of(callbackPath).getFirst());
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
    assertThat(world.tables.job(job, "state")).isEqualTo("COMPLETED");
    world.awaitDelivery(one.id(), "delivered");
  }

  @Test
  void deletionAfterTheEndIsToldWithWhenTheJobEnded() throws Exception {
    String path = newPath();
    world.endpoint(
        "ep_a",
        world.receiver.open(path, Receiver.statuses(200)),
        1,
        List.of("job.completed", "job.results_deleted"));
    JobId job = world.complete();
    awaitThat(() -> world.receiver.of(path).size() == 1);

    world.wire.resultsDeleted(job, SubmissionEvent.ResultsDeleted.Reason.USER);

    awaitThat(() -> world.receiver.of(path).size() == 2);
    JsonNode end = Json.MAPPER.readTree(world.receiver.of(path).getFirst().body());
    JsonNode deletion = Json.MAPPER.readTree(world.receiver.of(path).getLast().body());
    verify(world.receiver.of(path).getLast());
    assertThat(end.path("result_persisted").asBoolean()).isTrue();
    assertThat(deletion.path("event").asText()).isEqualTo("job.results_deleted");
    assertThat(deletion.path("seq").asLong()).isEqualTo(end.path("seq").asLong() + 1);
    assertThat(deletion.path("status").asText()).isEqualTo("completed");
    assertThat(deletion.path("ended_at")).isEqualTo(end.path("ended_at"));
    assertThat(deletion.path("result_persisted").asBoolean()).isFalse();
    assertThat(deletion.path("error").isNull()).isTrue();
    assertThat(deletion.path("detail").asText()).contains("deleted by their owner");
  }

  @Test
  void f81ScheduleIsKeptAndTheIdStays() throws Exception {
    String path = newPath();
    world.endpoint("ep_a", world.receiver.open(path, Receiver.statuses(500, 500, 500, 200)), 1);

    JobId job = world.complete();

    awaitThat(() -> world.receiver.of(path).size() == 4);
    List<Receiver.Received> all = world.receiver.of(path);
    assertThat(all.stream().map(Receiver.Received::id).distinct()).hasSize(1);
    assertThat(all.stream().map(Receiver.Received::body).distinct()).hasSize(1);
    for (int i = 0; i < SCHEDULE.length; i++) {
      Duration gap = Duration.ofNanos(all.get(i + 1).nanos() - all.get(i).nanos());
      // Not sooner than the jitter allows; later only by what a busy machine adds.
      assertThat(gap)
          .isGreaterThan(SCHEDULE[i].multipliedBy(88).dividedBy(100))
          .isLessThan(SCHEDULE[i].multipliedBy(111).dividedBy(100).plusSeconds(30));
    }
    world.awaitDelivery(all.getFirst().id(), "delivered");
    assertThat(
            world.tables.rows(
                "SELECT status FROM aggregator.webhook_attempt WHERE delivery_id = ? ORDER BY attempt",
                all.getFirst().id()))
        .extracting(row -> row.get("status"))
        .containsExactly(500, 500, 500, 200);
    assertThat(world.tables.job(job, "state")).isEqualTo("COMPLETED");
  }

  @Test
  void f81RetryAfterIsHonoured() throws Exception {
    String path = newPath();
    world.endpoint(
        "ep_a",
        world.receiver.open(
            path,
            (exchange, n) -> {
              exchange.getResponseHeaders().set("Retry-After", "2");
              exchange.sendResponseHeaders(n == 0 ? 429 : 200, -1);
            }),
        1);

    world.complete();

    awaitThat(() -> world.receiver.of(path).size() == 2);
    assertThat(world.receiver.of(path).get(1).nanos() - world.receiver.of(path).get(0).nanos())
        .isGreaterThanOrEqualTo(Duration.ofMillis(1_950).toNanos());
  }

  @Test
  void f81GoneDisablesAndTellsTheOthers() throws Exception {
    String path = newPath();
    String other = newPath();
    world.endpoint("ep_gone", world.receiver.open(path, Receiver.statuses(410)), 1);
    String url = world.receiver.open(other, Receiver.statuses(200));
    world.endpoint("ep_other", url, 1, List.of(WebhookKinds.DISABLED));

    world.complete();

    awaitThat(() -> world.receiver.of(other).size() == 1);
    assertThat(world.receiver.of(path)).hasSize(1);
    assertThat(world.receiver.of(other).getFirst().body())
        .contains("webhook.disabled", "ep_gone_" + world.tenant(), "gone");
    assertThat(world.endpointRow("ep_gone").get("disabled_reason")).isEqualTo("gone");
    awaitThat(() ->
        world.wire.allOf(Topic.WEBHOOKS).stream()
            .anyMatch(text ->
                text.contains("endpoint_disabled") && text.contains("ep_gone_" + world.tenant())));
    world.complete();
    JobId third = world.complete();
    awaitThat(() -> world.tables.job(third, "state").equals("COMPLETED"));
    assertThat(world.receiver.of(path)).hasSize(1);
  }

  @Test
  void exhaustedDeliveryIsSentAgainByHandWithTheSameId() throws Exception {
    String path = newPath();
    world.endpoint(
        "ep_a", world.receiver.open(path, Receiver.statuses(500, 500, 500, 500, 200)), 1);

    world.complete();

    awaitThat(() -> world.receiver.of(path).size() == 4);
    String id = world.receiver.of(path).getFirst().id();
    world.awaitDelivery(id, "exhausted");
    WebhookEvent wish =
        new WebhookEvent.RedeliveryRequested(world.name("ep_a"), world.tenant(), id, "req_1");
    world.tell(wish, wish);
    awaitThat(() -> world.receiver.of(path).size() == 5);
    world.awaitDelivery(id, "delivered");
    assertThat(world.receiver.of(path).stream().map(Receiver.Received::id)).containsOnly(id);
    world.tell(wish);
    // What was told after the repeat is done after it, so the repeat did nothing.
    world.tell(
        new WebhookEvent.PingRequested(
            world.name("ep_a"), world.tenant(), "msg_ping_" + world.tenant()));
    awaitThat(() -> world.receiver.of(path).size() == 6);
    assertThat(world.receiver.of(path).getLast().id()).isEqualTo("msg_ping_" + world.tenant());
    assertThat(world.receiver.of(path).getLast().body()).contains("webhook.ping");
  }

  @Test
  void f80KilledBetweenSendAndRecordSendsTheSameIdAgain() throws Exception {
    String path = newPath();
    CountDownLatch killed = new CountDownLatch(1);
    world.endpoint(
        "ep_a",
        world.receiver.open(
            path,
            (exchange, n) -> {
              if (n == 0) {
                killed.await(); // it has come in whole; its answer never goes out
              }
              exchange.sendResponseHeaders(200, -1);
            }),
        1);

    world.complete();
    awaitThat(() -> world.receiver.of(path).size() == 1);
    world.service.kill();
    killed.countDown();
    world.service.restart();

    awaitThat(() -> world.receiver.of(path).size() == 2);
    assertThat(world.receiver.of(path).stream().map(Receiver.Received::id).distinct()).hasSize(1);
    assertThat(world.receiver.of(path).stream().map(Receiver.Received::body).distinct()).hasSize(1);
    world.awaitDelivery(world.receiver.of(path).getFirst().id(), "delivered");
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
      String url = world.receiver.open(path, (exchange, n) -> over.await());
      endpoints.add(world.saved("ep_hung_" + i, url, 1, WebhookKinds.DEFAULT, true));
    }
    String path = newPath();
    String url = world.receiver.open(path, Receiver.statuses(200));
    endpoints.add(world.saved("ep_healthy", url, 1, WebhookKinds.DEFAULT, true));
    world.tell(endpoints.toArray(WebhookEvent[]::new));
    awaitThat(() -> world.endpointRow("ep_healthy").containsKey("live"));
    try {
      world.complete();
      awaitThat(() -> paths.stream().allMatch(hangs -> !world.receiver.of(hangs).isEmpty()));
      awaitThat(() -> world.receiver.of(path).size() == 1);

      JobId second = world.complete();

      awaitThat(() -> world.receiver.of(path).size() == 2);
      long delay =
          Duration.between(
                  Instant.parse(
                      Json.MAPPER
                          .readTree(world.receiver.of(path).getLast().body())
                          .path("timestamp")
                          .asText()),
                  world.attemptStart("msg_ep_healthy_" + world.tenant() + "_" + second.value()))
              .toMillis();
      // The row's own times, so that the machine's load between test and service counts not at all.
      assertThat(delay).isLessThan(2_000);
      assertThat(longestAttemptMillis()).isLessThan(TIMEOUT.plusSeconds(10).toMillis());
    } finally {
      over.countDown();
      List<WebhookEvent> deleted = new ArrayList<>();
      endpoints.forEach(
          e -> deleted.add(new WebhookEvent.EndpointDeleted(e.endpoint(), world.tenant(), 2)));
      world.tell(deleted.toArray(WebhookEvent[]::new));
    }
  }

  @Test
  void olderWordAboutAnEndpointChangesNothingAndADeletedOneIsSilent() throws Exception {
    String path = newPath();
    String url = world.receiver.open(path, Receiver.statuses(200));
    world.endpoint("ep_a", url, 3);
    world.tell(world.saved("ep_a", url + "/wrong", 2, WebhookKinds.DEFAULT, false));
    world.complete();
    awaitThat(() -> world.receiver.of(path).size() == 1);

    world.tell(
        new WebhookEvent.EndpointDeleted(world.name("ep_a"), world.tenant(), 4),
        world.saved("ep_a", url, 5, WebhookKinds.DEFAULT, true));
    awaitThat(() -> Boolean.TRUE.equals(world.endpointRow("ep_a").get("deleted")));
    JobId job = world.complete();
    awaitThat(() -> world.tables.job(job, "state").equals("COMPLETED"));

    assertThat(
            world.tables.rows(
                "SELECT * FROM aggregator.webhook_delivery WHERE tenant = ? AND job_id = ?",
                world.tenant(),
                job.value()))
        .isEmpty();
    assertThat(world.endpointRow("ep_a").get("secrets")).isEqualTo("[]");
  }

  @Test
  void privateTargetIsNeverCalled() throws Exception {
    world.endpoint("ep_a", "https://10.255.255.1/hook", 1);

    JobId job = world.complete();

    awaitThat(() ->
        !world
            .tables
            .rows(
                "SELECT * FROM aggregator.webhook_attempt a JOIN aggregator.webhook_delivery d"
                    + " USING (delivery_id) WHERE d.job_id = ? AND a.error = 'not_allowed'",
                job.value())
            .isEmpty());
  }

  private long longestAttemptMillis() throws Exception {
    awaitThat(() ->
        !world
            .tables
            .rows(
                "SELECT * FROM aggregator.webhook_attempt WHERE starts_with(delivery_id,"
                    + " 'msg_ep_hung_')")
            .isEmpty());
    return world
        .tables
        .rows(
            "SELECT millis FROM aggregator.webhook_attempt WHERE starts_with(delivery_id,"
                + " 'msg_ep_hung_')")
        .stream()
        .mapToLong(row -> (Long) row.get("millis"))
        .max()
        .orElseThrow();
  }
}
