package dev.muster.cli;

import static dev.muster.cli.StubServer.JOB_ID;
import static dev.muster.cli.StubServer.event;
import static dev.muster.cli.StubServer.job;
import static dev.muster.cli.StubServer.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.cli.ClientRun.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Submitting and retrying jobs, also when answers get lost. */
class SubmitIT {
  private static final String JOB_FILE =
      "{\"runner_command\": [\"true\"],  \"payload\": {\"lr\": 1e-05}}";

  @TempDir Path folder;
  private StubServer server;
  private ClientRun client;

  @BeforeEach
  void start() throws IOException {
    server = new StubServer();
    client = new ClientRun().with("MUSTER_SERVER", server.address()).in(folder);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void jsonFileIsSentByteForByteAndOnlyTheIdIsPrinted() throws IOException {
    Files.writeString(folder.resolve("job.json"), JOB_FILE);
    server.on("POST /jobs", 202, job("planning", 0, 1));

    Ended ended = client.run("submit", "job.json");

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).isEqualTo(JOB_ID + "\n");
    assertThat(ended.err()).contains("muster watch " + JOB_ID);
    assertThat(server.requests().getFirst().body()).isEqualTo(JOB_FILE);
  }

  @Test
  void fileWithSeveralJobsIsOneBatchAndRefusedEntriesAreTold() throws IOException {
    String batch = "{\"jobs\": [{\"runner_command\": [\"true\"]}, {\"runner_command\": []}]}";
    Files.writeString(folder.resolve("chain.json"), batch);
    server.on(
        "POST /jobs/batch",
        200,
        "{\"jobs\":[{\"index\":0,\"ok\":true,\"job_id\":\"%s\"},{\"index\":1,\"ok\":false,\"error\":"
                .formatted(JOB_ID)
            + "{\"detail\":\"x\",\"errors\":[{\"pointer\":\"/jobs/1/depends_on/0\",\"code\":\"c\","
            + "\"detail\":\"Expected a job.\"}]}}],\"accepted\":1,\"rejected\":1}");
    server.on("GET /jobs/" + JOB_ID, 200, job("planning", 0, 1));

    Ended ended = client.run("submit", "chain.json");

    assertThat(ended.out()).isEqualTo(JOB_ID + "\n");
    assertThat(ended.err()).contains("Entry 1: /jobs/1/depends_on/0: Expected a job.");
    assertThat(ended.code()).isNotZero();
    assertThat(server.requests().getFirst().body()).isEqualTo(batch);
  }

  @Test
  void dashReadsStandardInputInEitherForm() {
    server.on("POST /jobs", 202, job("planning", 0, 1));

    client.stdin(JOB_FILE).run("submit", "-");
    client.stdin("runner_command: [echo, yes, 1.10, 2026-01-01]\nretries: 2\n").run("submit", "-");

    assertThat(server.requests().get(0).body()).isEqualTo(JOB_FILE);
    assertThat(server.requests().get(1).body())
        .isEqualTo("{\"runner_command\":[\"echo\",\"yes\",1.10,\"2026-01-01\"],\"retries\":2}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "job.json | {\"a\": } | line 1, column",
        "job.json | [1] | Expected a JSON object",
        "job.json | '' | it is empty",
        "job.yaml | 'a: [' | line",
        "job.yaml | '- a' | Expected a YAML mapping",
        "job.yaml | 'a: .nan' | is no number JSON knows"
      })
  void badJobFilesEndWithTwoAndSayWhere(String name, String text, String says) throws IOException {
    Files.writeString(folder.resolve(name), text);

    Ended ended = client.run("submit", name);

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err()).startsWith("muster: Expected ").contains(name).contains(says);
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void lostAnswerIsAskedForAgainWithTheSameKey() {
    server
        .on("POST /jobs", StubServer.noAnswer())
        .on("POST /jobs", 503, problem(503, "unavailable", "Busy", "later"), "Retry-After", "1")
        .on("POST /jobs", 202, job("planning", 0, 1));

    Ended ended = client.stdin(JOB_FILE).run("submit", "-");

    assertThat(ended.code()).isZero();
    assertThat(server.requests()).hasSize(3);
    assertThat(server.requests())
        .extracting(request -> request.header("Idempotency-Key"))
        .doesNotContain("")
        .containsOnly(server.requests().getFirst().header("Idempotency-Key"));
  }

  @Test
  void twoSubmitsHaveTwoKeys() {
    server.on("POST /jobs", 202, job("planning", 0, 1));

    client.stdin(JOB_FILE).run("submit", "-");
    client.stdin(JOB_FILE).run("submit", "-");

    assertThat(server.requests())
        .extracting(request -> request.header("Idempotency-Key"))
        .doesNotHaveDuplicates();
  }

  @Test
  void refusalNamesEachWrongField() {
    server.on(
        "POST /jobs",
        422,
        """
        {"title":"Request is not valid","status":422,"detail":"2 fields are wrong","errors":[
        {"pointer":"/fan_out/chunks","code":"max","detail":"at most 1000000"},
        {"pointer":"/timeout_s","code":"type","detail":"a number is expected"}]}
        """);

    Ended ended = client.stdin(JOB_FILE).run("submit", "-");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.err())
        .isEqualTo(
            """
            muster: Request is not valid: 2 fields are wrong
              /fan_out/chunks: at most 1000000
              /timeout_s: a number is expected
            """);
  }

  @ParameterizedTest
  @CsvSource({"completed,0", "failed,3", "partial,3", "cancelled,6"})
  void waitEndsAsTheJobDoes(String status, int code) {
    server
        .on("POST /jobs", 202, job("planning", 0, 2))
        .onStream(event(1, "job", job("running", 1, 2)) + event(2, "end", job(status, 2, 2)));

    Ended ended = client.stdin(JOB_FILE).run("submit", "-", "--wait");

    assertThat(ended.code()).isEqualTo(code);
    assertThat(ended.out()).isEqualTo(JOB_ID + "\n");
    assertThat(ended.err()).contains("running  1/2").contains(status);
  }

  @Test
  void waitInJsonPrintsTheFinalJobOnly() {
    server
        .on("POST /jobs", 202, job("planning", 0, 2))
        .onStream(event(2, "end", job("completed", 2, 2)));

    Ended ended = client.stdin(JOB_FILE).run("submit", "-", "--wait", "-o", "json");

    assertThat(ended.out()).startsWith("{").contains("\"status\": \"completed\"");
    assertThat(ended.err()).isEmpty();
  }

  @Test
  void followPrintsTheOutputAsData() {
    server
        .on("POST /jobs", 202, job("planning", 0, 1))
        .on("GET /jobs/" + JOB_ID + "/output", 200, "{\"tasks\":[]}")
        .onStream(
            event(1, "job", job("running", 0, 1))
                + event(1, "log", "{\"index\":0,\"attempt\":1,\"offset\":0,\"text\":\"hello\\n\"}")
                + event(2, "end", job("completed", 1, 1)));

    Ended ended = client.stdin(JOB_FILE).run("submit", "-", "--follow");

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).isEqualTo("hello\n");
  }

  @Test
  void retryPrintsTheNewJobsId() {
    server.on("POST /jobs/old/retry", 202, job("planning", 0, 1));

    Ended ended = client.run("retry", "old");

    assertThat(ended.out()).isEqualTo(JOB_ID + "\n");
    assertThat(server.requests().getFirst().header("Idempotency-Key")).isNotEmpty();
  }
}
