package dev.muster.gateway.shell.s3;

import dev.muster.gateway.s3.Percent;
import dev.muster.gateway.s3.S3Error;
import dev.muster.gateway.s3.S3Request;
import dev.muster.gateway.s3.Signed;
import dev.muster.gateway.shell.bucket.BucketKeys;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Whose request it is, by its signature; and URLs that carry one. */
@Singleton
public class S3Access {
  /** How long a URL to write holds (U0-11). */
  public static final Duration PUT_LIFE = Duration.ofMinutes(15);

  /** How long a URL to read holds (U0-11). */
  public static final Duration GET_LIFE = Duration.ofHours(1);

  private static final Duration SKEW_MAX = Duration.ofMinutes(15);
  private static final String REGION = "garage"; // U0-08; clients may sign for any
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final BucketKeys keys;

  S3Access(BucketKeys keys) {
    this.keys = keys;
  }

  /**
   * A request that is signed as it must be.
   *
   * @param tenant whose
   * @param signed what it says of its signature
   * @param key what it was signed with
   */
  record Granted(String tenant, Signed signed, SigningKey key) {}

  /** Looks at a request's signature. */
  Granted check(S3Request request) {
    boolean anonymous = request.header("authorization") == null && !request.has("X-Amz-Algorithm");
    if (anonymous) {
      throw new S3Exception(S3Error.ACCESS_DENIED);
    }
    Signed signed =
        Signed.of(request).orElseThrow(() -> new S3Exception(S3Error.AUTHORIZATION_MALFORMED));
    BucketKeys.Holder holder =
        keys.holder(signed.accessKey())
            .orElseThrow(() -> new S3Exception(S3Error.INVALID_ACCESS_KEY));
    if (holder.disabled()) {
      throw new S3Exception(S3Error.ACCESS_DENIED);
    }
    checkTime(signed, holder.now());
    SigningKey key = SigningKey.of(keys.secret(signed.accessKey()), signed.time(), signed.scope());
    if (!signed.coversWhatMatters(request) || !key.signed(signed, signed.canonical(request))) {
      throw new S3Exception(S3Error.SIGNATURE_MISMATCH);
    }
    return new Granted(holder.tenant(), signed, key);
  }

  private static void checkTime(Signed signed, Instant now) {
    Instant made;
    try {
      made = Instant.from(TIME.parse(signed.time()));
    } catch (DateTimeParseException e) {
      throw new S3Exception(S3Error.AUTHORIZATION_MALFORMED);
    }
    if (made.isAfter(now.plus(SKEW_MAX))) {
      throw new S3Exception(S3Error.TIME_SKEWED);
    }
    Integer expires = signed.expiresSeconds();
    if (expires == null) {
      if (made.isBefore(now.minus(SKEW_MAX))) {
        throw new S3Exception(S3Error.TIME_SKEWED);
      }
    } else if (made.plusSeconds(expires).isBefore(now)) {
      throw new S3Exception(S3Error.EXPIRED);
    }
  }

  /**
   * A URL that lets whoever has it do one thing with one object.
   *
   * @param url absolute
   * @param expiresAt when it ends
   */
  public record SignedUrl(String url, Instant expiresAt) {}

  /**
   * Signs a URL under the gateway's own key of the tenant.
   *
   * @param base scheme and authority, as the client reaches the gateway
   * @param authority the host header that clients of the URL will send
   */
  public SignedUrl presign(
      String tenant, String method, String base, String authority, String bucket, String object) {
    BucketKeys.Signing own = keys.own(tenant);
    Duration life = method.equals("GET") ? GET_LIFE : PUT_LIFE;
    String time = TIME.format(own.now());
    String scope = time.substring(0, 8) + "/" + REGION + "/s3/aws4_request";
    String path = "/s3/" + bucket + "/" + object;
    Map<String, List<String>> query = new TreeMap<>();
    query.put("X-Amz-Algorithm", List.of(Signed.ALGORITHM));
    query.put("X-Amz-Credential", List.of(own.id() + "/" + scope));
    query.put("X-Amz-Date", List.of(time));
    query.put("X-Amz-Expires", List.of(Long.toString(life.toSeconds())));
    query.put("X-Amz-SignedHeaders", List.of("host"));
    S3Request request = new S3Request(method, path, query, Map.of("host", List.of(authority)));
    Signed signed =
        new Signed(
            own.id(), scope, List.of("host"), "", time, (int) life.toSeconds(), Signed.UNSIGNED);
    SigningKey key = SigningKey.of(keys.secret(own.id()), time, scope);
    query.put(
        "X-Amz-Signature",
        List.of(key.sign(signed.text(SigningKey.sha256(signed.canonical(request))))));
    StringBuilder url = new StringBuilder(base).append(Percent.encode(path, true));
    char separator = '?';
    for (Map.Entry<String, List<String>> one : query.entrySet()) {
      url.append(separator).append(one.getKey()).append('=');
      url.append(Percent.encode(one.getValue().getFirst(), false));
      separator = '&';
    }
    return new SignedUrl(url.toString(), Instant.from(TIME.parse(time)).plus(life));
  }
}
