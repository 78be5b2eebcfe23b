package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.testkit.Seeds;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of wrong bodies and queries against the real gateway; none of them leaves a row. */
class ValidationIT {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
  private static final int FUZZ_CASES = Integer.getInteger("muster.fuzz.cases", 2_000);
  private static final String BOM = "\u00ef\u00bb\u00bf";

  private static GatewayProcess gateway;
  private static Client client;

  @BeforeAll
  static void start() throws Exception {
    gateway = GatewayProcess.start(Map.of());
    client = gateway.as(GatewayRows.key("valid", "read,write"));
  }

  @AfterAll
  static void stop() throws Exception {
    gateway.close();
  }

  static List<Arguments> bodies() {
    return List.of(
        // S-060
        arguments("", 400, "malformed"),
        arguments("{\"runner_command\":[\"true\"]", 400, "malformed"),
        arguments("null", 422, "validation"),
        arguments("[]", 422, "validation"),
        arguments("5", 422, "validation"),
        arguments("\"text\"", 422, "validation"),
        // S-061
        arguments(
            job("\"payload\":{\"a\":" + "[".repeat(65) + "]".repeat(65) + "}"),
            400,
            "json-too-deep"),
        arguments("[".repeat(100_000), 400, "json-too-deep"),
        arguments("{\"a\":".repeat(100_000), 400, "json-too-deep"),
        // S-062
        arguments(job("\"type\":\"a\",\"type\":\"b\""), 400, "malformed"),
        arguments(job("\"payload\":{\"a\":{\"b\":1,\"b\":2}}"), 400, "malformed"),
        arguments(job("\"payload\":{\"a\":1,\"\\u0061\":2}"), 400, "malformed"),
        // S-063
        arguments(job("\"payload\":{\"a\":NaN}"), 400, "malformed"),
        arguments(job("\"payload\":{\"a\":-Infinity}"), 400, "malformed"),
        arguments(job("\"payload\":{\"a\":+1}"), 400, "malformed"),
        arguments(job("\"payload\":{\"a\":01}"), 400, "malformed"),
        arguments(job("\"payload\":{\"a\":.5}"), 400, "malformed"),
        arguments(job("\"payload\":{\"a\":1.}"), 400, "malformed"),
        arguments(job("\"payload\":{\"a\":0x1}"), 400, "malformed"),
        arguments(job("\"payload\":{'a':1}"), 400, "malformed"),
        arguments(job("\"payload\":{a:1}"), 400, "malformed"),
        arguments(job("\"payload\":{\"a\":1,}"), 400, "malformed"),
        arguments(job("\"payload\":{\"a\":[1,]}"), 400, "malformed"),
        arguments(job("/* c */\"payload\":{}"), 400, "malformed"),
        arguments(job("\"payload\":{\"a\":\"\t\"}"), 400, "malformed"),
        arguments(BOM + job("\"payload\":{}"), 400, "malformed"),
        arguments(job("\"payload\":{}") + " {}", 400, "malformed"),
        // S-064
        arguments(job("\"timeout_s\":1e400"), 422, "validation"),
        arguments(job("\"timeout_s\":1e-400"), 422, "validation"),
        arguments(job("\"timeout_s\":1.0"), 422, "validation"),
        arguments(job("\"timeout_s\":-0"), 422, "validation"),
        arguments(job("\"timeout_s\":\"5\""), 422, "validation"),
        arguments(job("\"timeout_s\":" + "9".repeat(1_000)), 400, "json-limit"),
        arguments(job("\"timeout_s\":0"), 422, "validation"),
        arguments(job("\"timeout_s\":604801"), 422, "validation"),
        arguments(job("\"deadline_s\":0"), 422, "validation"),
        arguments(job("\"deadline_s\":2592001"), 422, "validation"),
        arguments(job("\"deadline_s\":1.5"), 422, "validation"),
        arguments(job("\"priority\":-101"), 422, "validation"),
        arguments(job("\"priority\":101"), 422, "validation"),
        // S-065
        arguments(job("\"timeout_s\":2147483648"), 422, "validation"),
        arguments(job("\"timeout_s\":9223372036854775808"), 422, "validation"),
        arguments(range(1, "9223372036854775808"), 422, "validation"),
        arguments(range(1_000_001, "2000000"), 422, "validation"),
        // S-066
        arguments(job("\"payload\":{\"a\":\"" + "a".repeat(300 * 1024) + "\"}"), 400, "json-limit"),
        arguments(job("\"payload\":{\"" + "n".repeat(300) + "\":1}"), 400, "json-limit"),
        arguments(job("\"payload\":{\"a\":[" + "1,".repeat(5_000_001) + "1]}"), 400, "json-limit"),
        // S-067
        arguments(job("\"project\":\"\\ud800\""), 422, "invalid-character"),
        arguments(job("\"payload\":{\"a\":\"\\udc00x\"}"), 422, "invalid-character"),
        arguments(job("\"payload\":{\"a\":\"\\u0000\"}"), 422, "invalid-character"),
        arguments(job("\"payload\":{\"\\u0000\":1}"), 422, "invalid-character"),
        arguments(job("\"payload\":{\"a\":\"" + (char) 0 + "\"}"), 400, "malformed"),
        // S-068: as ISO-8859-1 these are the very bytes
        arguments(job("\"payload\":{\"a\":\"\u00ff\"}"), 400, "malformed"),
        arguments(job("\"payload\":{\"a\":\"\u00c0\u00af\"}"), 400, "malformed"),
        arguments(job("\"payload\":{\"a\":\"\u00ed\u00a0\u0080\"}"), 400, "malformed"),
        arguments(job("\"payload\":{\"a\":\"\u00e2\u0082\"}"), 400, "malformed"),
        // S-070, S-071
        arguments(job("\"@type\":\"java.lang.Runtime\""), 422, "validation"),
        arguments(job("\"@class\":\"x\""), 422, "validation"),
        arguments(job("\"tag\":[]"), 422, "validation"),
        arguments(job("\"state\":\"COMPLETED\",\"tenant_id\":\"a\",\"cost\":1"), 422, "validation"),
        // S-073
        arguments(job("\"type\":\"STRUCTURED_RUNNER\""), 422, "validation"),
        arguments(job("\"profile\":\"GPU\""), 422, "validation"),
        arguments(job("\"variant\":\" \""), 422, "validation"),
        arguments(job("\"variant\":\"a\\u200b\""), 422, "validation"),
        arguments(job("\"variant\":\"a\\u202e\""), 422, "validation"),
        // S-074
        arguments(job("\"project\":\"" + "a".repeat(64_000) + "!\""), 422, "validation"),
        arguments(job("\"pool\":\"" + "-".repeat(64_000) + "\""), 422, "validation"));
  }

  @ParameterizedTest(name = "{index}: {2}")
  @MethodSource("bodies")
  void wrongBodyIsRefusedAndLeavesNoRow(String body, int status, String code) throws Exception {
    String before = rows();

    HttpResponse<String> answer = postBytes(body);

    assertProblem(answer, status, code);
    assertThat(rows()).isEqualTo(before);
  }

  static List<Arguments> aggregates() {
    String loss = "\"aggregate\":{\"fields\":[\"loss\"]}";
    return List.of(
        arguments("\"aggregate\":[]", "/aggregate", "type"),
        arguments("\"aggregate\":{}", "/aggregate/fields", "required"),
        arguments("\"aggregate\":{\"fields\":[]}", "/aggregate/fields", "min-items"),
        arguments("\"aggregate\":{\"fields\":\"loss\"}", "/aggregate/fields", "type"),
        arguments("\"aggregate\":{\"fields\":[1]}", "/aggregate/fields/0", "type"),
        arguments("\"aggregate\":{\"fields\":[\"\"]}", "/aggregate/fields/0", "format"),
        arguments("\"aggregate\":{\"fields\":[\"a\",\"a\"]}", "/aggregate/fields/1", "conflict"),
        arguments("\"aggregate\":{\"fields\":[{}]}", "/aggregate/fields/0/name", "required"),
        arguments(
            "\"aggregate\":{\"fields\":[" + "\"a\",".repeat(16) + "\"b\"]}",
            "/aggregate/fields",
            "max-items"),
        arguments(
            "\"aggregate\":{\"fields\":[\"a\"],\"field\":1}", "/aggregate/field", "unknown-field"),
        arguments(buckets("\"from\":0,\"to\":1"), "/aggregate/fields/0/buckets/count", "required"),
        arguments(
            buckets("\"from\":0,\"to\":1,\"count\":257"),
            "/aggregate/fields/0/buckets/count",
            "max"),
        arguments(
            buckets("\"from\":1,\"to\":1,\"count\":5"), "/aggregate/fields/0/buckets/to", "range"),
        arguments(
            buckets("\"from\":-1e999,\"to\":1,\"count\":5"),
            "/aggregate/fields/0/buckets/from",
            "range"),
        arguments(loss + ",\"stop_when\":{}", "/stop_when", "type"),
        arguments(loss + ",\"stop_when\":[]", "/stop_when", "min-items"),
        arguments(loss + ",\"stop_when\":[1]", "/stop_when/0", "type"),
        arguments(rule("\"op\":\"<\""), "/stop_when/0/value", "required"),
        arguments(rule("\"value\":1"), "/stop_when/0/op", "required"),
        arguments(rule("\"op\":\"=\",\"value\":1"), "/stop_when/0/op", "format"),
        arguments(rule("\"op\":\"<\",\"value\":\"1\""), "/stop_when/0/value", "type"),
        arguments(
            rule("\"stat\":\"median\",\"op\":\"<\",\"value\":1"), "/stop_when/0/stat", "format"),
        arguments(
            rule("\"op\":\"<\",\"value\":1,\"min_count\":0"), "/stop_when/0/min_count", "min"),
        arguments(rule("\"narrower_than\":1,\"min_count\":1"), "/stop_when/0/min_count", "min"),
        arguments(rule("\"narrower_than\":0"), "/stop_when/0/narrower_than", "range"),
        arguments(rule("\"confidence\":0.9"), "/stop_when/0/narrower_than", "required"),
        arguments(rule("\"excludes\":0,\"confidence\":1"), "/stop_when/0/confidence", "range"),
        arguments(rule("\"excludes\":0,\"confidence\":0.4"), "/stop_when/0/confidence", "range"),
        arguments(rule("\"excludes\":0,\"within\":[1]"), "/stop_when/0/within", "min-items"),
        arguments(rule("\"excludes\":0,\"within\":[1,\"2\"]"), "/stop_when/0/within", "type"),
        arguments(rule("\"excludes\":0,\"within\":[1,1]"), "/stop_when/0/within", "range"),
        arguments(rule("\"excludes\":0,\"op\":\"<\",\"value\":1"), "/stop_when/0", "exclusive"),
        arguments(rule("\"min_count\":3"), "/stop_when/0", "exclusive"),
        arguments(
            rule("\"excludes\":0,\"variant\":\"b\""), "/stop_when/0/variant", "unknown-variant"),
        arguments(rule("\"excludes\":0,\"until\":1"), "/stop_when/0/until", "unknown-field"),
        arguments(
            loss + ",\"stop_when\":[{\"op\":\"<\",\"value\":1}]",
            "/stop_when/0/metric",
            "required"),
        arguments(
            loss + ",\"stop_when\":[{\"metric\":\"los\",\"op\":\"<\",\"value\":1}]",
            "/stop_when/0/metric",
            "unknown-metric"),
        arguments(
            loss
                + ",\"stop_when\":["
                + "{\"metric\":\"loss\",\"op\":\"<\",\"value\":1},".repeat(8)
                + "{\"metric\":\"loss\",\"op\":\"<\",\"value\":1}]",
            "/stop_when",
            "max-items"));
  }

  private static String buckets(String fields) {
    return "\"aggregate\":{\"fields\":[{\"name\":\"a\",\"buckets\":{" + fields + "}}]}";
  }

  private static String rule(String fields) {
    return "\"aggregate\":{\"fields\":[\"loss\"]},\"stop_when\":[{\"metric\":\"loss\","
        + fields
        + "}]";
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("aggregates")
  void whatCannotBeFollowedIsRefusedWithItsPlace(String fields, String pointer, String code)
      throws Exception {
    String before = rows();

    HttpResponse<String> answer = client.post("/api/v1/jobs", job(fields));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    JsonNode errors = JSON.readTree(answer.body()).path("errors");
    assertThat(errors).as(answer.body()).hasSize(1);
    assertThat(errors.path(0).path("pointer").asText()).isEqualTo(pointer);
    assertThat(errors.path(0).path("code").asText()).isEqualTo(code);
    assertThat(rows()).isEqualTo(before);
  }

  static List<Arguments> queries() {
    return List.of(
        // S-072
        arguments("created_after=2026-02-30", 422, "validation"),
        arguments("created_after=%2B275760-09-13", 422, "validation"),
        arguments("created_before=1767225600", 422, "validation"),
        // S-075
        arguments("limit=-1", 422, "validation"),
        arguments("limit=0", 422, "validation"),
        arguments("limit=201", 422, "validation"),
        arguments("limit=1000000000", 422, "validation"),
        arguments("limit=99999999999999999999", 422, "validation"),
        arguments("limit=abc", 422, "validation"),
        arguments("limit=", 422, "validation"),
        arguments("limit=1&limit=1", 422, "validation"),
        arguments("offset=1000000000000", 400, "query"),
        // S-076, S-022
        arguments("sort=%3Bdrop", 400, "query"),
        arguments("fields=../..", 400, "query"),
        arguments("state=RUNNING", 400, "query"),
        arguments("tenant=default", 400, "query"),
        arguments("status=RUNNING", 422, "validation"),
        arguments("tag=%00", 422, "validation"),
        arguments("cursor=%00", 422, "validation"),
        arguments("cursor=" + "A".repeat(1_000), 400, "cursor"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("queries")
  void wrongQueryIsRefused(String query, int status, String code) throws Exception {
    assertProblem(client.get("/api/v1/jobs?" + query), status, code);
  }

  @Test
  void exactBoundsAreAccepted() throws Exception {
    for (String field :
        List.of(
            "\"timeout_s\":1",
            "\"timeout_s\":604800",
            "\"priority\":-100",
            "\"priority\":100",
            buckets("\"from\":-1,\"to\":1,\"count\":256"),
            rule("\"stat\":\"min\",\"op\":\">=\",\"value\":-1.5e3,\"min_count\":1000000"),
            rule("\"excludes\":0,\"narrower_than\":1e-9,\"confidence\":0.5,\"within\":[-1,1]"),
            "\"payload\":{\"a\":\"" + "a".repeat(255 * 1024) + "\"}",
            "\"payload\":{\"" + "n".repeat(256) + "\":1}",
            "\"payload\":{\"a\":" + "[".repeat(62) + "]".repeat(62) + "}",
            "\"payload\":{\"__proto__\":{\"a\":1},\"constructor\":2}")) {
      HttpResponse<String> answer = client.post("/api/v1/jobs", job(field));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    }
    assertThat(client.post("/api/v1/jobs", range(1_000_000, "1000000000000000")).statusCode())
        .isEqualTo(202);
  }

  @Test
  void tagsAreComparedLiterally() throws Exception {
    client.post("/api/v1/jobs", job("\"tags\":[\"plain\"]"));

    for (String tag : List.of("%25", "_", "pl%25", "plai_")) {
      assertThat(JSON.readTree(client.get("/api/v1/jobs?tag=" + tag).body()).get("data")).isEmpty();
    }
    assertThat(JSON.readTree(client.get("/api/v1/jobs?tag=plain").body()).get("data")).hasSize(1);
  }

  /** 8,192 names whose hashes are equal as Java's strings have them. */
  @Test
  void namesThatCollideAreReadOrRefusedSoon() throws Exception {
    String names =
        IntStream.range(0, 1 << 13)
            .mapToObj(i ->
                IntStream.range(0, 13)
                    .mapToObj(bit -> (i >> bit & 1) == 0 ? "Aa" : "BB")
                    .collect(Collectors.joining("", "\"", "\":1")))
            .collect(Collectors.joining(","));

    HttpResponse<String> answer = client.post("/api/v1/jobs", job("\"payload\":{" + names + "}"));

    assertThat(answer.statusCode()).as(answer.body()).isIn(202, 400);
  }

  @Test
  void mutatedBodiesNeverBreakTheGateway() {
    Seeds.forEach(Math.max(1, FUZZ_CASES / 100), ValidationIT::submitMutations);
  }

  private static void submitMutations(SplittableRandom random) throws Exception {
    Mutator mutator = new Mutator(random);
    List<String> refused = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      byte[] body = mutator.next();
      String key = "fuzz-" + HexFormat.of().toHexDigits(random.nextLong());
      HttpResponse<String> answer =
          Client.send(
              client
                  .request("/api/v1/jobs")
                  .header("Content-Type", "application/json")
                  .header("Idempotency-Key", key)
                  .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                  .build());
      String shown = new String(body, StandardCharsets.ISO_8859_1);
      assertThat(answer.statusCode()).as(shown + "\n" + answer.body()).isIn(202, 400, 413, 422);
      if (answer.statusCode() == 202) {
        assertThat(reread(answer)).as(shown).isEqualTo(payload(body));
      } else {
        refused.add(key);
      }
    }
    assertThat(kept(refused)).isEqualTo("0");
  }

  private static JsonNode reread(HttpResponse<String> answer) throws Exception {
    String location = answer.headers().firstValue("Location").orElseThrow();
    return JSON.readTree(client.get(location).body()).get("payload");
  }

  private static JsonNode payload(byte[] body) throws Exception {
    JsonNode payload = JSON.readTree(body).get("payload");
    return payload == null ? JSON.createObjectNode() : payload;
  }

  /** How many of these keys a row was made for. */
  private static String kept(List<String> keys) throws SQLException {
    return GatewayRows.text(
        "SELECT count(*) FROM gateway.idempotency WHERE key = ANY (string_to_array(?, ','))",
        String.join(",", keys));
  }

  private static String rows() throws SQLException {
    return GatewayRows.text(
        "SELECT (SELECT count(*) FROM gateway.submission WHERE tenant = 'valid') || '/'"
            + " || (SELECT count(*) FROM gateway.item_chunk) || '/'"
            + " || (SELECT count(*) FROM gateway.idempotency)");
  }

  private static String job(String fields) {
    return "{\"runner_command\":[\"true\"]," + fields + "}";
  }

  private static String range(int chunks, String total) {
    return job(
        "\"fan_out\":{\"chunks\":" + chunks + ",\"total\":" + total + ",\"range_field\":\"n\"}");
  }

  /** Sends each character as one byte. */
  private static HttpResponse<String> postBytes(String body) {
    return Client.send(
        client
            .request("/api/v1/jobs")
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", "refused")
            .POST(
                HttpRequest.BodyPublishers.ofByteArray(body.getBytes(StandardCharsets.ISO_8859_1)))
            .build());
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String code)
      throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    JsonNode problem = JSON.readTree(answer.body());
    assertThat(problem.get("code").asText()).isEqualTo(code);
    assertThat(problem.get("detail").asText().length()).isLessThan(300);
  }
}
