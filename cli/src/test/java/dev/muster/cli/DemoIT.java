package dev.muster.cli;

import static dev.muster.cli.StubServer.JOB_ID;
import static dev.muster.cli.StubServer.event;
import static dev.muster.cli.StubServer.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.cli.ClientRun.Ended;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The demo with the repository's own search, against a server that plays the platform. */
class DemoIT {
  private static final String EXAMPLES = Path.of("../examples").toAbsolutePath().toString();

  private StubServer server;

  @BeforeEach
  void start() throws IOException {
    server = new StubServer();
    server
        .on("POST /jobs", 202, job("planning", 0, 48))
        .on("GET /jobs/" + JOB_ID, 200, job("completed", 48, 48))
        .on(
            "GET /jobs/" + JOB_ID + "/tasks",
            200,
            """
            {"data":[{"index":0,"status":"running","worker":"w-1",
            "latest_progress":{"validation_accuracy":0.91}}]}\
            """);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void anotherExampleIsSubmittedAsItsFileSays() {
    server
        .onStream(event(1, "end", job("completed", 48, 48)))
        .on("GET /results/" + JOB_ID, 200, results("completed", 48));

    Ended ended = ClientRun.against(server, "demo", "--example", "sweep", "--examples", EXAMPLES);

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).startsWith("Submitted " + JOB_ID + ": the example sweep");
    assertThat(server.requests().getFirst().body()).contains("\"grid\"");
  }

  @Test
  void projectOfAnExampleIsPushedBeforeItsJob() {
    server
        .on("GET /projects/gang/status", 200, "{}")
        .on("POST /projects/gang/push", 200, "{\"name\":\"gang\"}")
        .onStream(event(1, "end", job("completed", 4, 4)))
        .on("GET /results/" + JOB_ID, 200, results("completed", 48));

    Ended ended = ClientRun.against(server, "demo", "--example", "gang", "--examples", EXAMPLES);

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(server.requests())
        .extracting(request -> request.method() + request.target().replaceFirst("/api/v1", " "))
        .startsWith("GET /projects/gang/status", "POST /projects/gang/push", "POST /jobs");
  }

  @Test
  void exampleIsANameAndNoPath() {
    Ended ended =
        ClientRun.against(server, "demo", "--example", "../sweep", "--examples", EXAMPLES);

    assertThat(ended.code()).isEqualTo(2);
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void completedSearchEndsWithItsSumAndZero() {
    server
        .onStream(
            event(1, "job", job("running", 0, 48)) + event(2, "end", job("completed", 48, 48)))
        .on("GET /results/" + JOB_ID, 200, results("completed", 48));

    Ended ended = ClientRun.against(server, "demo", "--examples", EXAMPLES);

    assertThat(ended.code()).isZero();
    assertThat(ended.out())
        .startsWith("Submitted " + JOB_ID)
        .contains("best score 91.0 % (task 0); running on w-1: 1")
        .contains("96.5 %")
        .endsWith("\ncompleted: 48 of 48 tasks succeeded\n");
  }

  @Test
  void searchThatLosesTasksEndsWithThree() {
    server
        .onStream(event(2, "end", job("partial", 47, 48)))
        .on("GET /results/" + JOB_ID, 200, results("partial", 47));

    Ended ended = ClientRun.against(server, "demo", "--examples", EXAMPLES);

    assertThat(ended.code()).isEqualTo(3);
    assertThat(ended.out()).endsWith("\npartial: 47 of 48 tasks succeeded\n");
  }

  @Test
  void searchHas48DifferentCandidates() throws Exception {
    server
        .onStream(event(2, "end", job("completed", 48, 48)))
        .on("GET /results/" + JOB_ID, 200, results("completed", 48));

    ClientRun.against(server, "demo", "--examples", EXAMPLES);

    String body = server.requests().getFirst().body();
    Json sent = JsonText.parse(body.getBytes(StandardCharsets.UTF_8));
    assertThat(sent.at("fan_out").list("items"))
        .hasSize(48)
        .extracting(Json::toString)
        .doesNotHaveDuplicates();
    assertThat(Path.of(sent.list("runner_command").get(1).text())).isAbsolute().isRegularFile();
  }

  @Test
  void missingExamplesAreNamed() {
    Ended ended = ClientRun.against(server, "demo", "--examples", "nowhere");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err()).contains("make_job.py, but there is no such file");
  }

  private static String results(String status, int succeeded) {
    return """
    {"status":"%s","completeness":{"total":48,"succeeded":%d},"task_results":[
    {"index":7,"status":"succeeded","result":{"validation_accuracy":0.965,"hidden":16}}]}\
    """
        .formatted(status, succeeded);
  }
}
