package dev.muster.aggregator.shell.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import dev.muster.contracts.webhook.SigningSecret;
import dev.muster.kit.Json;
import dev.muster.kit.SecretBox;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rows of reliability.md 4 I, with the published library as the receiver. */
@SuppressWarnings("NullAway.Init")
class WebhookSignerTest {
  private static final byte[] BODY =
      "{\"event\":\"job.completed\",\"é\":1.0}".getBytes(StandardCharsets.UTF_8);
  private static final String ID = "msg_ep_01J_01J_7";
  private static final byte[] OLD = key((byte) 1);
  private static final byte[] NEW = key((byte) 2);

  @TempDir Path folder;
  private SecretBox box;
  private Instant now;

  @BeforeEach
  void makeBox() {
    box = SecretBox.of(folder.resolve("key"));
    now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  @Test
  void publishedLibraryAcceptsTheSignature() throws Exception {
    verify(NEW, headers(now, secret(NEW, null)), BODY);
  }

  /** Runs where node and the package are found, for instance by NODE_PATH; else it is skipped. */
  @Test
  void publishedNpmLibraryAcceptsTheSignature() throws Exception {
    String script =
        """
        let library;
        try { library = require('standardwebhooks'); } catch (e) { process.exit(77); }
        const { secret, headers, body } = JSON.parse(process.argv[1]);
        const verifier = new library.Webhook(secret);
        verifier.verify(body, headers);
        try { verifier.verify(body + ' ', headers); process.exit(1); } catch (e) { process.exit(0); }
        """;
    String vector =
        Json.text(
            Map.of(
                "secret",
                "whsec_" + Base64.getEncoder().encodeToString(NEW),
                "headers",
                headers(now, secret(NEW, null), secret(OLD, now.plusSeconds(60))),
                "body",
                new String(BODY, StandardCharsets.UTF_8)));

    assertThat(node("-e", script, vector)).isZero();
  }

  private static int node(String... arguments) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of("node"));
    command.addAll(List.of(arguments));
    int code = 77;
    try {
      code = new ProcessBuilder(command).inheritIO().start().waitFor();
    } catch (IOException e) {
      Assumptions.abort("node is not there");
    }
    Assumptions.assumeTrue(code != 77, "the package standardwebhooks is not there");
    return code;
  }

  @Test
  void s160ChangedBodyIdOrTimeIsRefused() {
    Map<String, String> headers = headers(now, secret(NEW, null));
    byte[] changed = BODY.clone();
    changed[3] ^= 1;

    assertRefused(NEW, headers, changed);
    assertRefused(NEW, with(headers, "webhook-id", "msg_other"), BODY);
    assertRefused(NEW, with(headers, "webhook-timestamp", "" + (now.getEpochSecond() - 1)), BODY);
  }

  @Test
  void s161ReplayAfterTheToleranceIsRefused() {
    assertRefused(NEW, headers(now.minus(Duration.ofMinutes(6)), secret(NEW, null)), BODY);
  }

  @Test
  void s162OtherSecretIsRefused() {
    assertRefused(OLD, headers(now, secret(NEW, null)), BODY);
  }

  @Test
  void s163BothSecretsSignWhileTheyOverlapAndOneAfterwards() throws Exception {
    List<SigningSecret> both =
        List.of(secret(NEW, null), secret(OLD, now.plus(Duration.ofHours(24))));
    List<SigningSecret> over = List.of(secret(NEW, null), secret(OLD, now));

    Map<String, String> overlapping = headers(now, both);
    assertThat(overlapping)
        .hasEntrySatisfying("webhook-signature", v -> assertThat(v.split(" ")).hasSize(2));
    verify(NEW, overlapping, BODY);
    verify(OLD, overlapping, BODY);
    assertRefused(OLD, headers(now, over), BODY);
  }

  @Test
  void secretOfAnotherEndpointOpensNothing() {
    String foreign = Json.text(List.of(new SigningSecret(box.seal(NEW, "ep_other"), null)));

    assertThat(new WebhookSigner(box).headers("ep_1", foreign, ID, now, BODY)).isEmpty();
  }

  private Map<String, String> headers(Instant at, SigningSecret... secrets) {
    return headers(at, List.of(secrets));
  }

  private Map<String, String> headers(Instant at, List<SigningSecret> secrets) {
    return new WebhookSigner(box).headers("ep_1", Json.text(secrets), ID, at, BODY);
  }

  private SigningSecret secret(byte[] key, @Nullable Instant until) {
    return new SigningSecret(box.seal(key, "ep_1"), until);
  }

  private static void verify(byte[] key, Map<String, String> headers, byte[] body)
      throws Exception {
    HttpHeaders sent =
        HttpHeaders.of(
            headers.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> List.of(e.getValue()))),
            (name, value) -> true);
    new Webhook("whsec_" + Base64.getEncoder().encodeToString(key))
        .verify(new String(body, StandardCharsets.UTF_8), sent);
  }

  private static void assertRefused(byte[] key, Map<String, String> headers, byte[] body) {
    assertThatThrownBy(() -> verify(key, headers, body))
        .isInstanceOf(WebhookVerificationException.class);
  }

  private static Map<String, String> with(Map<String, String> headers, String name, String value) {
    Map<String, String> changed = new HashMap<>(headers);
    changed.put(name, value);
    return changed;
  }

  private static byte[] key(byte fill) {
    byte[] key = new byte[32];
    Arrays.fill(key, fill);
    return key;
  }
}
