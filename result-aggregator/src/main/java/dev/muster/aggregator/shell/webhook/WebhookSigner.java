package dev.muster.aggregator.shell.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.muster.contracts.webhook.SigningSecret;
import dev.muster.kit.Json;
import dev.muster.kit.SecretBox;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs deliveries as Standard Webhooks 1.0.0 says: HMAC-SHA-256 of {@code id.timestamp.body}. */
final class WebhookSigner {
  private static final TypeReference<List<SigningSecret>> SECRETS = new TypeReference<>() {};

  private final SecretBox box;

  WebhookSigner(SecretBox box) {
    this.box = box;
  }

  /**
   * The headers of an attempt. While a secret and its successor overlap there is a signature of
   * each.
   *
   * @param secretsJson what signs, as the endpoint's row has it
   * @return empty when no secret can be opened
   */
  Map<String, String> headers(
      String endpoint, String secretsJson, String id, Instant at, byte[] body) {
    List<String> signatures = new ArrayList<>();
    for (SigningSecret secret : secrets(secretsJson)) {
      if (secret.until() == null || secret.until().isAfter(at)) {
        box.open(secret.sealed(), endpoint)
            .ifPresent(key -> signatures.add("v1," + sign(key, id, at, body)));
      }
    }
    Map<String, String> headers = new LinkedHashMap<>();
    if (!signatures.isEmpty()) {
      headers.put("webhook-id", id);
      headers.put("webhook-timestamp", Long.toString(at.getEpochSecond()));
      headers.put("webhook-signature", String.join(" ", signatures));
    }
    return headers;
  }

  private static List<SigningSecret> secrets(String json) {
    try {
      return Json.MAPPER.readValue(json, SECRETS);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Expected a list of secrets, but got something else", e);
    }
  }

  private static String sign(byte[] key, String id, Instant at, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update((id + "." + at.getEpochSecond() + ".").getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Expected HMAC-SHA-256 in every Java, but it fails", e);
    }
  }
}
