package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.muster.gateway.key.ApiKey;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What holds for every operation of the document that lets in by an API key. */
class OperationsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE", "PATCH");

  /** What lets in by something else than an API key, and has tests of its own. */
  private static final Pattern OTHER_RIGHTS =
      Pattern.compile("/(s3|shared|upload/v1|worker/v1)(/.*)?");

  /** What only administrators may see, and a filter over one's own jobs: neither names a thing. */
  private static final Pattern NAMELESS =
      Pattern.compile("/api/v1/(tenants/.*|projects/\\{name}/stream)");

  private static GatewayProcess gateway;
  private static List<Operation> operations;

  /**
   * One operation of the document.
   *
   * @param mediaType what its body is, empty without one
   * @param open whether it asks for no key
   */
  private record Operation(
      String method, String path, String mediaType, String body, boolean open) {
    boolean namesAThing() {
      return path.contains("{") && !NAMELESS.matcher(path).matches();
    }

    String at(String id) {
      return path.replaceFirst("\\{[^/]*}", id).replaceAll("\\{[^/]*}", "x");
    }
  }

  /** A thing of the owner's, and an id of the same form that nobody has. */
  private record Thing(String id, String nobodys) {}

  @BeforeAll
  static void start() throws Exception {
    gateway =
        GatewayProcess.start(Map.of("gateway.webhook-key-file", "target/operations-webhook-key"));
    JsonNode document = JSON.readTree(gateway.as("none").get("/openapi?format=json").body());
    operations = new ArrayList<>();
    for (var path : document.get("paths").properties()) {
      if (OTHER_RIGHTS.matcher(path.getKey()).matches()) {
        continue;
      }
      for (String method : METHODS) {
        JsonNode operation = path.getValue().get(method.toLowerCase(Locale.ROOT));
        if (operation != null) {
          operations.add(read(method, path.getKey(), operation));
        }
      }
    }
  }

  @AfterAll
  static void stop() throws Exception {
    gateway.close();
  }

  private static Operation read(String method, String path, JsonNode operation) {
    JsonNode security = operation.get("security");
    boolean open = security != null && security.isEmpty();
    for (var content : operation.at("/requestBody/content").properties()) {
      JsonNode media = content.getValue();
      JsonNode example = media.get("example");
      for (JsonNode named : media.path("examples")) {
        example = example == null ? named.get("value") : example;
      }
      return new Operation(
          method, path, content.getKey(), example == null ? "{}" : example.toString(), open);
    }
    return new Operation(method, path, "", "", open);
  }

  @TestFactory
  Stream<DynamicTest> withoutAKeyNothingIsSaid() {
    return operations.stream()
        .filter(operation -> !operation.open())
        .map(operation ->
            dynamicTest(
                operation.method() + " " + operation.path(),
                () -> {
                  HttpResponse<String> answer = send(operation, operation.at("x"), null);

                  assertProblem(answer, 401, "unauthenticated");
                  assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
                }));
  }

  @TestFactory
  Stream<DynamicTest> anotherTenantsThingIsTheSame404AsNone() {
    return operations.stream()
        .filter(operation -> !operation.open() && operation.namesAThing())
        .map(operation ->
            dynamicTest(
                operation.method() + " " + operation.path(),
                () -> {
                  String owner = GatewayRows.key("op-owner", "read,write");
                  String stranger = GatewayRows.key("op-stranger", "read,write");
                  Thing thing = thing(operation, owner);

                  HttpResponse<String> theirs = send(operation, operation.at(thing.id()), stranger);
                  HttpResponse<String> none =
                      send(operation, operation.at(thing.nobodys()), stranger);

                  assertProblem(theirs, 404, "not-found");
                  assertThat(anonymous(theirs, thing.id()))
                      .isEqualTo(anonymous(none, thing.nobodys()));
                  assertThat(none.headers().map().keySet())
                      .isEqualTo(theirs.headers().map().keySet());
                }));
  }

  @TestFactory
  Stream<DynamicTest> methodThatAPathLacksIsRefusedWithThoseItHas() {
    Set<String> paths = new TreeSet<>();
    operations.forEach(operation -> paths.add(operation.path()));
    return paths.stream()
        .flatMap(path ->
            METHODS.stream()
                .filter(method -> !methods(path).contains(method))
                .map(method -> dynamicTest(method + " " + path, () -> isRefused(method, path))));
  }

  private static void isRefused(String method, String path) throws Exception {
    String key = GatewayRows.key("op-owner", "read,write");
    Operation wrong = new Operation(method, path, "", "", false);

    HttpResponse<String> answer = send(wrong, wrong.at("x"), key);

    assertProblem(answer, 405, "method-not-allowed");
    assertThat(answer.headers().firstValue("Allow").orElse("").split(", "))
        .containsAll(methods(path))
        .doesNotContain(method);
  }

  private static Set<String> methods(String path) {
    Set<String> methods = new TreeSet<>();
    for (Operation operation : operations) {
      // A literal segment and a parameter may stand for the same path: jobs/batch, jobs/{id}.
      if (path.matches(operation.path().replaceAll("\\{[^/]*}", "[^/]+"))
          || operation.path().equals(path)) {
        methods.add(operation.method());
      }
    }
    return methods;
  }

  /** Makes something that the operation is about. */
  private static Thing thing(Operation operation, String owner) throws Exception {
    Client client = gateway.as(owner);
    String collection = operation.path().substring(0, operation.path().indexOf("/{"));
    String id =
        switch (collection) {
          case "/api/v1/jobs", "/api/v1/results", "/api/v1/storage/jobs", "/api/cloud/jobs" ->
              made(client.post("/api/v1/jobs", "{\"runner_command\":[\"true\"]}"), "job_id");
          case "/api/v1/keys" ->
              ApiKey.parse(GatewayRows.key("op-owner", "read")).orElseThrow().prefix();
          case "/api/v1/projects" ->
              made(client.post(collection, "{\"name\":\"p" + System.nanoTime() + "\"}"), "name");
          case "/api/v1/webhooks" ->
              made(client.post(collection, "{\"url\":\"https://example.com/hook\"}"), "id");
          case "/api/v1/artifacts/uploads" ->
              made(client.post(collection, "{\"filename\":\"a\",\"size\":1}"), "upload_id");
          case "/api/v1/artifacts" -> made(Client.send(upload(client)), "artifact_id");
          case "/api/v1/storage/keys" -> made(client.post(collection, "{}"), "access_key_id");
          case "/api/v1/storage/deletions" ->
              made(client.delete("/api/v1/storage/folder?prefix=a/"), "id");
          default -> throw new AssertionError("Expected to know how to make one of " + collection);
        };
    return new Thing(id, id.substring(0, id.length() - 1) + (id.endsWith("A") ? "B" : "A"));
  }

  private static HttpRequest upload(Client client) {
    return client
        .request("/api/v1/artifacts")
        .header("Content-Type", "application/octet-stream")
        .header("X-Artifact-Filename", "a")
        .POST(HttpRequest.BodyPublishers.ofString("a"))
        .build();
  }

  private static String made(HttpResponse<String> answer, String field) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 202);
    return JSON.readTree(answer.body()).required(field).asText();
  }

  private static HttpResponse<String> send(Operation operation, String path, @Nullable String key) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
            .timeout(Duration.ofMinutes(1))
            .method(
                operation.method(),
                operation.body().isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(operation.body()));
    if (!operation.mediaType().isEmpty()) {
      request.header("Content-Type", operation.mediaType());
    }
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    return Client.send(request.build());
  }

  private static String anonymous(HttpResponse<String> answer, String id) throws Exception {
    ObjectNode body = (ObjectNode) JSON.readTree(answer.body());
    body.remove("request_id");
    return answer.statusCode() + body.toString().replace(id, "ID");
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String code)
      throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type").orElse("none"))
        .startsWith("application/problem+json");
    assertThat(JSON.readTree(answer.body()).get("code").asText()).isEqualTo(code);
  }
}
