package dev.muster.aggregator.shell;

import static dev.muster.aggregator.shell.Aggregation.awaitThat;
import static dev.muster.aggregator.shell.WebhookWorld.newPath;
import static dev.muster.aggregator.shell.WebhookWorld.verify;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.contracts.webhook.SigningSecret;
import dev.muster.contracts.webhook.WebhookEvent;
import dev.muster.contracts.webhook.WebhookKinds;
import dev.muster.kit.SecretBox;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Circuits, disabling, rotation and keys. The process has proxy variables that name a port on which
 * nobody may ever knock (S-152).
 */
@SuppressWarnings("NullAway.Init")
class WebhookLaneIT {
  private static final Duration PAUSE = Duration.ofSeconds(3);

  private static WebhookWorld world;
  private static ServerSocket proxy;

  @BeforeAll
  static void startService() throws Exception {
    proxy = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    String port = Integer.toString(proxy.getLocalPort());
    String url = "http://127.0.0.1:" + port;
    world =
        new WebhookWorld(
            Map.of(
                "aggregator.webhook.schedule", "100ms,100ms,100ms,100ms,100ms,100ms",
                "aggregator.webhook.circuit-failures", "3",
                "aggregator.webhook.circuit-pause", PAUSE.toMillis() + "ms",
                "http.proxyHost", "127.0.0.1",
                "http.proxyPort", port,
                "http.nonProxyHosts", "",
                "https.proxyHost", "127.0.0.1",
                "https.proxyPort", port),
            Map.of(
                "HTTP_PROXY", url,
                "http_proxy", url,
                "HTTPS_PROXY", url,
                "https_proxy", url,
                "ALL_PROXY", url));
  }

  @AfterAll
  static void stopService() throws Exception {
    world.close();
    proxy.setSoTimeout(1);
    // S-152: who knocks waits in the queue of the socket.
    assertThatThrownBy(proxy::accept).isInstanceOf(SocketTimeoutException.class);
    proxy.close();
  }

  @BeforeEach
  void takeTenant() {
    world.takeTenant();
  }

  @Test
  void r27OpenCircuitLeavesTheEndpointAloneAndOneSuccessClosesIt() throws Exception {
    String failing = newPath();
    String healthy = newPath();
    world.endpoint("ep_a", world.receiver.open(failing, Receiver.statuses(500, 500, 500, 200)), 1);
    world.endpoint("ep_b", world.receiver.open(healthy, Receiver.statuses(200)), 1);

    world.complete();
    awaitThat(() -> world.receiver.of(failing).size() == 3);
    world.complete();

    // The healthy one has the second job while the circuit of the other is open.
    awaitThat(() -> world.receiver.of(healthy).size() == 2);
    awaitThat(() -> world.receiver.of(failing).size() == 5);
    List<Receiver.Received> all = world.receiver.of(failing);
    Duration pause = Duration.ofNanos(all.get(3).nanos() - all.get(2).nanos());
    assertThat(pause).as("the schedule alone says 100 ms").isGreaterThan(PAUSE.dividedBy(2));
    awaitThat(() ->
        world
            .tables
            .rows("SELECT * FROM aggregator.webhook_lane WHERE lane = ?", world.name("ep_a"))
            .isEmpty());
    for (Receiver.Received received : all) {
      world.awaitDelivery(received.id(), "delivered");
    }
  }

  @Test
  void r27EndpointThatFailedForDaysIsDisabledToldAndWorksAgainWhenSaved() throws Exception {
    AtomicBoolean mended = new AtomicBoolean();
    String path = newPath();
    String other = newPath();
    String url =
        world.receiver.open(
            path, (exchange, n) -> exchange.sendResponseHeaders(mended.get() ? 200 : 500, -1));
    world.endpoint("ep_a", url, 1);
    world.endpoint(
        "ep_other",
        world.receiver.open(other, Receiver.statuses(200)),
        1,
        List.of(WebhookKinds.DISABLED));
    world.complete();
    awaitThat(() -> world.receiver.of(path).size() == 1);
    awaitThat(() -> !lane("ep_a").isEmpty());

    try (Tables own = world.service.own()) {
      own.update(
          "UPDATE aggregator.webhook_lane SET failing_since = now() - interval '6 days'"
              + " WHERE lane = ?",
          world.name("ep_a"));
    }

    awaitThat(() -> "failing".equals(world.endpointRow("ep_a").get("disabled_reason")));
    awaitThat(() -> world.receiver.of(other).size() == 1);
    assertThat(world.receiver.of(other).getFirst().body())
        .contains("webhook.disabled", world.name("ep_a"), "failing");
    String id = world.receiver.of(path).getFirst().id();
    world.awaitDelivery(id, "exhausted");
    int before = world.receiver.of(path).size();
    mended.set(true);
    world.tell(world.saved("ep_a", url, 2, WebhookKinds.DEFAULT, true));
    awaitThat(() -> Boolean.TRUE.equals(world.endpointRow("ep_a").get("live")));
    world.tell(
        new WebhookEvent.RedeliveryRequested(world.name("ep_a"), world.tenant(), id, "req_1"));
    world.awaitDelivery(id, "delivered");
    assertThat(world.receiver.of(path)).hasSizeGreaterThan(before);
  }

  @Test
  void s163BothSecretsSignUntilTheOldOneEnds() throws Exception {
    byte[] fresh = new byte[32];
    Arrays.fill(fresh, (byte) 9);
    String path = newPath();
    String url = world.receiver.open(path, Receiver.statuses(200));
    world.tell(rotated(url, 1, fresh, Instant.now().plusSeconds(3_600)));
    awaitThat(() -> Boolean.TRUE.equals(world.endpointRow("ep_a").get("live")));

    world.complete();
    awaitThat(() -> world.receiver.of(path).size() == 1);
    world.tell(rotated(url, 2, fresh, Instant.now().minusSeconds(1)));
    awaitThat(() -> Long.valueOf(2).equals(world.endpointRow("ep_a").get("version")));
    world.complete();
    awaitThat(() -> world.receiver.of(path).size() == 2);

    Receiver.Received both = world.receiver.of(path).getFirst();
    assertThat(both.headers().getOrDefault("webhook-signature", "").split(" "))
        .hasSize(2)
        .allMatch(signature -> signature.startsWith("v1,"));
    verify(both, fresh);
    verify(both, WebhookWorld.SECRET);
    Receiver.Received one = world.receiver.of(path).getLast();
    assertThat(one.headers().getOrDefault("webhook-signature", "").split(" ")).hasSize(1);
    verify(one, fresh);
    assertThatThrownBy(() -> verify(one, WebhookWorld.SECRET)).isNotNull();
  }

  @Test
  void brokenKeyFileIsShownInTheReadinessUntilItIsMended(@TempDir Path folder) throws Exception {
    Path keys = Files.writeString(folder.resolve("key"), "no key\n");
    Map<String, String> settings = new HashMap<>();
    settings.put("aggregator.webhook.key-file", keys.toString());
    settings.put("aggregator.webhook.poll", "200ms");
    try (ServiceProcess broken =
        ServiceProcess.launch(world.service.infrastructure, settings, Map.of())) {
      awaitThat(() -> webhookKeys(broken).contains("DOWN"));

      Files.delete(keys);

      awaitThat(() -> webhookKeys(broken).contains("UP"));
    }
  }

  /** Its status, as the readiness tells it; nothing while the service does not answer. */
  private static String webhookKeys(ServiceProcess service) throws InterruptedException {
    try {
      String readiness = service.readiness();
      int at = readiness.indexOf("\"webhook-keys\"");
      return at < 0 ? "" : readiness.substring(at, readiness.indexOf('}', at));
    } catch (IOException e) {
      return ""; // not there yet
    }
  }

  private WebhookEvent.EndpointSaved rotated(
      String url, long version, byte[] fresh, Instant until) {
    String id = world.name("ep_a");
    SecretBox box = SecretBox.of(world.keyFile);
    return new WebhookEvent.EndpointSaved(
        id,
        world.tenant(),
        version,
        url,
        WebhookKinds.DEFAULT,
        true,
        List.of(
            new SigningSecret(box.seal(fresh, id), null),
            new SigningSecret(box.seal(WebhookWorld.SECRET, id), until)));
  }

  private static List<Map<String, Object>> lane(String name) throws Exception {
    return world.tables.rows(
        "SELECT * FROM aggregator.webhook_lane WHERE lane = ?", world.name(name));
  }
}
