package dev.muster.gateway.s3;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a request says of its signature: Signature Version 4 in the header {@code Authorization} or
 * in the query, as the S3 API describes both.
 *
 * @param accessKey whose signature it claims to be
 * @param scope day, region and service, each followed by a slash, and {@code aws4_request}
 * @param signedHeaders names of the headers that are signed
 * @param signature 64 hexadecimal digits
 * @param time when it was made, {@code 20260102T030405Z}
 * @param expiresSeconds how long it holds; null when it is not in the query
 * @param payload the digest of the body, or a word for how it is told
 */
public record Signed(
    String accessKey,
    String scope,
    List<String> signedHeaders,
    String signature,
    String time,
    @Nullable Integer expiresSeconds,
    String payload) {
  /** The only algorithm. */
  public static final String ALGORITHM = "AWS4-HMAC-SHA256";

  /** A body that is not signed. */
  public static final String UNSIGNED = "UNSIGNED-PAYLOAD";

  private static final int EXPIRES_MAX = 7 * 24 * 3_600;

  /** Reads what a request says; empty when it says nothing that can be read. */
  public static Optional<Signed> of(S3Request request) {
    return request.has("X-Amz-Algorithm") ? inQuery(request) : inHeader(request);
  }

  private static Optional<Signed> inHeader(S3Request request) {
    String header = request.header("authorization");
    String time = request.header("x-amz-date");
    String payload = request.header("x-amz-content-sha256");
    if (header == null || !header.startsWith(ALGORITHM + " ") || time == null || payload == null) {
      return Optional.empty();
    }
    Map<String, String> fields = new TreeMap<>();
    for (String field : header.substring(ALGORITHM.length() + 1).split(",", -1)) {
      int equals = field.indexOf('=');
      if (equals > 0) {
        fields.put(field.substring(0, equals).strip(), field.substring(equals + 1).strip());
      }
    }
    return of(
        fields.get("Credential"),
        fields.get("SignedHeaders"),
        fields.get("Signature"),
        time,
        null,
        payload);
  }

  private static Optional<Signed> inQuery(S3Request request) {
    String time = request.parameter("X-Amz-Date");
    String expires = request.parameter("X-Amz-Expires");
    if (!ALGORITHM.equals(request.parameter("X-Amz-Algorithm"))
        || time == null
        || expires == null
        || !expires.matches("[0-9]{1,6}")
        || Integer.parseInt(expires) > EXPIRES_MAX) {
      return Optional.empty();
    }
    String payload = request.header("x-amz-content-sha256");
    return of(
        request.parameter("X-Amz-Credential"),
        request.parameter("X-Amz-SignedHeaders"),
        request.parameter("X-Amz-Signature"),
        time,
        Integer.valueOf(expires),
        payload == null ? UNSIGNED : payload);
  }

  private static Optional<Signed> of(
      @Nullable String credential,
      @Nullable String headers,
      @Nullable String signature,
      String time,
      @Nullable Integer expires,
      String payload) {
    if (credential == null || headers == null || signature == null) {
      return Optional.empty();
    }
    int slash = credential.indexOf('/');
    if (slash < 1
        || !time.matches("[0-9]{8}T[0-9]{6}Z")
        || !signature.matches("[0-9a-f]{64}")
        || !credential
            .substring(slash + 1)
            .matches(time.substring(0, 8) + "/[a-z0-9-]{1,32}/s3/aws4_request")) {
      return Optional.empty();
    }
    return Optional.of(
        new Signed(
            credential.substring(0, slash),
            credential.substring(slash + 1),
            Arrays.asList(headers.split(";", -1)),
            signature,
            time,
            expires,
            payload));
  }

  /** Whether all is signed that changes what the request means. */
  public boolean coversWhatMatters(S3Request request) {
    return signedHeaders.contains("host")
        && request.headers().keySet().stream()
            .filter(name -> name.startsWith("x-amz-"))
            .filter(name -> expiresSeconds == null || !name.equals("x-amz-content-sha256"))
            .allMatch(signedHeaders::contains);
  }

  /** The canonical form of a request. */
  public String canonical(S3Request request) {
    List<String> query = new ArrayList<>();
    request
        .parameters()
        .forEach((name, values) -> {
          if (!name.equals("X-Amz-Signature")) {
            values.forEach(value ->
                query.add(Percent.encode(name, false) + "=" + Percent.encode(value, false)));
          }
        });
    query.sort(null);
    StringBuilder headers = new StringBuilder();
    for (String name : signedHeaders) {
      List<String> values = request.headers().getOrDefault(name, List.of());
      List<String> trimmed =
          values.stream().map(value -> value.strip().replaceAll(" +", " ")).toList();
      headers.append(name.toLowerCase(Locale.ROOT)).append(':');
      headers.append(String.join(",", trimmed)).append('\n');
    }
    return String.join(
        "\n",
        request.method(),
        Percent.encode(request.path(), true),
        String.join("&", query),
        headers.toString(),
        String.join(";", signedHeaders),
        payload);
  }

  /**
   * The text that is signed.
   *
   * @param canonicalDigest SHA-256 of the canonical form, in hexadecimal digits
   */
  public String text(String canonicalDigest) {
    return String.join("\n", ALGORITHM, time, scope, canonicalDigest);
  }
}
