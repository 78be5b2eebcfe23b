package dev.muster.aggregator.shell.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.muster.aggregator.shell.webhook.Canary.Behaviour;
import dev.muster.aggregator.webhook.Answer;
import dev.muster.contracts.egress.EgressRules;
import dev.muster.contracts.egress.Network;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rows of reliability.md 4 H that are decided at the connection. 127.0.0.2 stands for the
 * public world, the canary on 127.0.0.1 for everything inside: it must never be reached.
 */
@SuppressWarnings("NullAway.Init")
class WebhookCallerIT {
  private static final InetAddress PUBLIC = InetAddress.ofLiteral("127.0.0.2");
  private static final InetAddress INSIDE = InetAddress.ofLiteral("127.0.0.1");
  private static final EgressRules RULES =
      new EgressRules(false, List.of(Network.parse("127.0.0.2/32")), Set.of());
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final byte[] BODY = "{\"event\":\"x\"}".getBytes(StandardCharsets.UTF_8);
  private static final Duration TIMEOUT = Duration.ofSeconds(4);
  private static final Answer TLS = new Answer.Failed(Answer.Fault.TLS);
  private static final String PASSWORD = "changeit";

  /** Where Java looks for whom to trust; read anew for each client. */
  private static final String TRUSTED = "javax.net.ssl.trustStore";

  private static Vertx vertx;

  @TempDir Path folder;
  private Canary canary;

  @BeforeAll
  static void startVertx() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stopVertx() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @BeforeEach
  void startCanary() throws Exception {
    canary = new Canary("127.0.0.1", 0, Behaviour.says(OK));
  }

  @AfterEach
  void noCanaryWasReached() {
    canary.close();
    assertThat(canary.requests()).as("canary").isEmpty();
  }

  @Test
  void requestNamesTheHostAndGoesToTheCheckedAddress() throws Exception {
    try (Canary receiver = new Canary("127.0.0.2", canary.port(), Behaviour.says(OK))) {
      Reply reply = call("http://hooks.example.com:" + canary.port() + "/a?b=c", always(PUBLIC));

      assertThat(reply.answer()).isEqualTo(new Answer.Responded(200, null));
      assertThat(reply.excerpt()).isEqualTo("ok");
      assertThat(receiver.requests())
          .singleElement()
          .asString()
          .startsWith("POST /a?b=c HTTP/1.1\r\n")
          .containsIgnoringCase("host: hooks.example.com:" + canary.port())
          .containsIgnoringCase("webhook-id: msg_1")
          .endsWith("\r\n\r\n{\"event\":\"x\"}");
    }
  }

  @Test
  void s144NameOfAPrivateAddressIsRefused() {
    assertThat(call("http://hooks.example.com:" + canary.port() + "/", always(INSIDE)))
        .isEqualTo(Reply.failed(Answer.Fault.NOT_ALLOWED));
    assertThat(call("http://127.0.0.1:" + canary.port() + "/", always(INSIDE)))
        .isEqualTo(Reply.failed(Answer.Fault.NOT_ALLOWED));
  }

  @Test
  void s145NameIsLookedUpOnceForACall() throws Exception {
    AtomicInteger lookups = new AtomicInteger();
    HostResolver rebinding = host -> List.of(lookups.getAndIncrement() == 0 ? PUBLIC : INSIDE);
    try (Canary receiver = new Canary("127.0.0.2", canary.port(), Behaviour.says(OK))) {
      try (WebhookCaller caller = caller(rebinding)) {
        String url = "http://rebind.example.com:" + canary.port() + "/";

        assertThat(caller.post(url, Map.of(), BODY).answer())
            .isEqualTo(new Answer.Responded(200, null));
        assertThat(lookups).hasValue(1);
        assertThat(caller.post(url, Map.of(), BODY))
            .isEqualTo(Reply.failed(Answer.Fault.NOT_ALLOWED));
      }
      assertThat(receiver.requests()).hasSize(1);
    }
  }

  @Test
  void s146OneForbiddenAddressAmongManyRefusesAll() throws Exception {
    try (Canary receiver = new Canary("127.0.0.2", canary.port(), Behaviour.says(OK))) {
      String url = "http://mixed.example.com:" + canary.port() + "/";

      assertThat(call(url, host -> List.of(PUBLIC, INSIDE)))
          .isEqualTo(Reply.failed(Answer.Fault.NOT_ALLOWED));
      assertThat(call(url, host -> List.of(PUBLIC, InetAddress.ofLiteral("::1"))))
          .isEqualTo(Reply.failed(Answer.Fault.NOT_ALLOWED));
      assertThat(receiver.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void s147RedirectsAreAnswersAndNotFollowed(int status) throws Exception {
    String response =
        "HTTP/1.1 "
            + status
            + " Moved\r\nLocation: http://127.0.0.1:"
            + canary.port()
            + "/\r\nContent-Length: 0\r\n\r\n";
    try (Canary receiver = new Canary("127.0.0.2", canary.port(), Behaviour.says(response))) {
      Reply reply = call("http://127.0.0.2:" + canary.port() + "/", always(PUBLIC));

      assertThat(reply.answer()).isEqualTo(new Answer.Responded(status, null));
      assertThat(receiver.requests()).hasSize(1);
    }
  }

  @Test
  void s151WhatSpeaksNoTlsIsToldAsSuch() throws Exception {
    try (Canary receiver = new Canary("127.0.0.2", 0, Behaviour.says(OK))) {
      // What it sends is no TLS record, as a wrong certificate's handshake ends in no session.
      receiver.speakFirst("HTTP/1.1 400 Bad Request\r\n\r\n");

      assertThat(call("https://127.0.0.2:" + receiver.port() + "/", always(PUBLIC)))
          .isEqualTo(Reply.failed(Answer.Fault.TLS));
    }
  }

  @Test
  void s151OnlyARightCertificateIsSpokenTo() throws Exception {
    String name = "hooks.example.com";
    Path authority = folder.resolve("authority.p12");
    keytool(authority, "-genkeypair", "-alias", "ca", "-dname", "CN=ca", "-ext", "bc:c");
    Path certificate = folder.resolve("ca.crt");
    keytool(authority, "-exportcert", "-alias", "ca", "-file", certificate.toString());
    Path trust = folder.resolve("trust.p12");
    keytool(trust, "-importcert", "-noprompt", "-alias", "ca", "-file", certificate.toString());
    String before = System.getProperty(TRUSTED, "");
    System.setProperty(TRUSTED, trust.toString());
    System.setProperty(TRUSTED + "Password", PASSWORD);
    try {
      assertThat(callTls(signed(authority, name, "+0d")))
          .as("one that is trusted, of this name and of today")
          .isEqualTo(new Answer.Responded(200, null));
      assertThat(callTls(signed(authority, "other.example.com", "+0d"))).isEqualTo(TLS);
      assertThat(callTls(signed(authority, name, "-9d"))).as("expired").isEqualTo(TLS);
      assertThat(callTls(signed(null, name, "+0d"))).as("self-signed").isEqualTo(TLS);
    } finally {
      System.clearProperty(TRUSTED + "Password");
      if (before.isEmpty()) {
        System.clearProperty(TRUSTED);
      } else {
        System.setProperty(TRUSTED, before);
      }
    }
  }

  /** What a call gets from a server with this certificate. */
  private static Answer callTls(Path store) throws Exception {
    AtomicInteger requests = new AtomicInteger();
    HttpsServer server = HttpsServer.create(new InetSocketAddress(PUBLIC, 0), 16);
    server.setHttpsConfigurator(new HttpsConfigurator(context(store)));
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    try {
      String url = "https://hooks.example.com:" + server.getAddress().getPort() + "/";
      Answer answer = call(url, always(PUBLIC)).answer();
      assertThat(requests)
          .as("nothing is sent to the wrong one")
          .hasValue(answer.equals(TLS) ? 0 : 1);
      return answer;
    } finally {
      server.stop(0);
    }
  }

  /**
   * The key and the certificate of a name.
   *
   * @param authority who signs it; null for itself
   * @param from when its three days begin, seen from now
   */
  private Path signed(@Nullable Path authority, String name, String from) throws Exception {
    Path store = Files.createTempDirectory(folder, "keys").resolve("keys.p12");
    List<String> arguments =
        new ArrayList<>(List.of("-genkeypair", "-alias", "leaf", "-dname", "CN=" + name));
    arguments.addAll(List.of("-ext", "san=dns:" + name, "-startdate", from, "-validity", "3"));
    if (authority != null) {
      Files.copy(authority, store);
      arguments.addAll(List.of("-signer", "ca"));
    }
    keytool(store, arguments.toArray(String[]::new));
    if (authority != null) {
      keytool(store, "-delete", "-alias", "ca");
    }
    return store;
  }

  private static void keytool(Path store, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    if (command.contains("-genkeypair")) {
      command.addAll(List.of("-keyalg", "EC"));
    }
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
    command.addAll(List.of("-keystore", store.toString()));
    Process keytool = new ProcessBuilder(command).inheritIO().start();
    assertThat(keytool.waitFor()).as("%s", command).isZero();
  }

  private static SSLContext context(Path store) throws Exception {
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), new TrustManager[0], new SecureRandom());
    return context;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"silence", "endless headers", "slow headers", "one long header", "garbage"})
  void s153WhatNeverAnswersEndsInTime(String kind) throws Exception {
    Behaviour behaviour =
        switch (kind) {
          case "silence" -> Behaviour.HANGS;
          case "endless headers" -> Behaviour.repeats("HTTP/1.1 200 OK\r\n", "X: y\r\n", 0);
          case "slow headers" -> Behaviour.repeats("HTTP/1.1 200 OK\r\nX: ", "y", 50);
          case "one long header" -> Behaviour.repeats("HTTP/1.1 200 OK\r\nX: ", "yyyyyyyy", 0);
          default -> Behaviour.says("nonsense\r\n\r\n");
        };
    try (Canary receiver = new Canary("127.0.0.2", 0, behaviour)) {
      long started = System.nanoTime();

      Reply reply = call("http://127.0.0.2:" + receiver.port() + "/", always(PUBLIC));

      assertThat(reply).isEqualTo(Reply.failed(Answer.Fault.UNREACHABLE));
      assertEndedInTime(started);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"endless body", "slow body", "cut off", "packed"})
  void s153StatusDecidesWhateverTheBodyIs(String kind) throws Exception {
    String head = "HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n";
    Behaviour behaviour =
        switch (kind) {
          case "endless body" -> Behaviour.repeats(head + "\r\n", "z".repeat(65_536), 0);
          case "slow body" -> Behaviour.repeats(head + "\r\n", "z", 100);
          case "cut off" -> Behaviour.says(head + "\r\nzzz");
          default -> Behaviour.says(head + "Content-Encoding: gzip\r\n\r\nzzz");
        };
    try (Canary receiver = new Canary("127.0.0.2", 0, behaviour)) {
      long started = System.nanoTime();

      Reply reply = call("http://127.0.0.2:" + receiver.port() + "/", always(PUBLIC));

      assertThat(reply.answer()).isEqualTo(new Answer.Responded(200, null));
      assertThat(reply.excerpt()).hasSizeLessThanOrEqualTo(1024).startsWith("z");
      assertEndedInTime(started);
    }
  }

  @Test
  void s154RefusedSilentAndUnknownLookTheSame() throws Exception {
    int closed;
    try (Canary gone = new Canary("127.0.0.2", 0, Behaviour.HANGS)) {
      closed = gone.port();
    }
    HostResolver unknown =
        host -> {
          throw new UnknownHostException(host);
        };

    assertThat(call("http://127.0.0.2:" + closed + "/", always(PUBLIC)))
        .isEqualTo(Reply.failed(Answer.Fault.UNREACHABLE));
    assertThat(call("http://nowhere.example.com/", unknown))
        .isEqualTo(Reply.failed(Answer.Fault.UNREACHABLE));
  }

  @Test
  void receiverMayAskUsToWait() throws Exception {
    String response = "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n";
    try (Canary receiver = new Canary("127.0.0.2", 0, Behaviour.says(response))) {
      assertThat(call("http://127.0.0.2:" + receiver.port() + "/", always(PUBLIC)).answer())
          .isEqualTo(new Answer.Responded(429, Duration.ofSeconds(7)));
    }
  }

  @Test
  void hangingLookUpEndsInTime() {
    long started = System.nanoTime();
    HostResolver hanging =
        host -> {
          LockSupport.parkNanos(Duration.ofSeconds(60).toNanos());
          return List.of(PUBLIC);
        };

    assertThat(call("http://slow.example.com/", hanging))
        .isEqualTo(Reply.failed(Answer.Fault.UNREACHABLE));
    assertEndedInTime(started);
  }

  /** Generous, since the machine may be busy; without a deadline it would never end. */
  private static void assertEndedInTime(long startedNanos) {
    assertThat(Duration.ofNanos(System.nanoTime() - startedNanos))
        .isLessThan(TIMEOUT.plusSeconds(10));
  }

  private static HostResolver always(InetAddress address) {
    return host -> List.of(address);
  }

  private static Reply call(String url, HostResolver resolver) {
    try (WebhookCaller caller = caller(resolver)) {
      return caller.post(url, Map.of("webhook-id", "msg_1"), BODY);
    }
  }

  private static WebhookCaller caller(HostResolver resolver) {
    return new WebhookCaller(vertx, resolver, RULES, TIMEOUT, 16);
  }
}
