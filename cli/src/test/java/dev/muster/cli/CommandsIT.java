package dev.muster.cli;

import static dev.muster.cli.StubServer.JOB_ID;
import static dev.muster.cli.StubServer.job;
import static dev.muster.cli.StubServer.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.cli.ClientRun.Ended;
import java.io.IOException;
import java.net.ServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the short commands ask and print, and how they end. */
class CommandsIT {
  private StubServer server;

  @BeforeEach
  void start() throws IOException {
    server = new StubServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void statusShowsTheJobInWords() {
    server.on("GET /jobs/" + JOB_ID, 200, job("running", 12, 48));

    Ended ended = ClientRun.against(server, "status", JOB_ID);

    assertThat(ended.code()).isZero();
    assertThat(ended.out())
        .contains("Job         " + JOB_ID)
        .contains("Status      running")
        .contains("25 %")
        .contains("48: 12 succeeded, 36 pending")
        .contains("2026-01-01 10:00:00Z");
    assertThat(ended.err()).isEmpty();
    assertThat(server.requests().getFirst().header("Authorization")).isEqualTo("Bearer mk_test");
  }

  @Test
  void jobIdMayBeGivenAsAnOption() {
    server.on("GET /jobs/" + JOB_ID, 200, job("running", 0, 1));

    assertThat(ClientRun.against(server, "status", "--job-id", JOB_ID).code()).isZero();
    assertThat(ClientRun.against(server, "status", "--job-id=" + JOB_ID).code()).isZero();
  }

  @Test
  void jsonOutputIsTheServersDocumentWithItsNumbersAsWritten() {
    server.on("GET /jobs/" + JOB_ID, 200, job("running", 0, 1));

    Ended ended = ClientRun.against(server, "status", JOB_ID, "-o", "json");

    assertThat(ended.out())
        .startsWith("{\n  \"job_id\": \"" + JOB_ID + "\"")
        .contains("\"lr\": 1e-05");
  }

  @Test
  void outputFormatComesFromTheEnvironmentWhenNoFlagIsGiven() {
    server.on("GET /jobs/" + JOB_ID, 200, job("running", 0, 1));

    Ended ended =
        new ClientRun()
            .with("MUSTER_SERVER", server.address())
            .with("MUSTER_OUTPUT", "yaml")
            .run("status", JOB_ID);

    assertThat(ended.out()).contains("job_id: " + JOB_ID + "\n").contains("tags:\n  - demo\n");
  }

  @ParameterizedTest
  @CsvSource({"400,1", "401,4", "403,4", "404,5", "409,1", "422,1", "429,1", "500,1"})
  void refusalsEndWithTheirExitCodeAndOneSentence(int status, int code) {
    server.on("GET /jobs/x", status, problem(status, "c", "Title", "This is why"));

    Ended ended = ClientRun.against(server, "status", "x");

    assertThat(ended.code()).isEqualTo(code);
    assertThat(ended.err()).startsWith("muster: Title: This is why").doesNotContain("Exception");
    assertThat(ended.out()).isEmpty();
  }

  @Test
  void refusalInJsonModeIsTheProblemDocumentOnStandardError() {
    Ended ended = ClientRun.against(server, "status", "x", "-o", "json");

    assertThat(ended.code()).isEqualTo(5);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).startsWith("{").contains("\"code\": \"not-found\"");
  }

  @Test
  void anErrorPageOfAProxyIsStillOneSentence() {
    server.on("GET /jobs/x", 500, "<html>boom</html>");

    Ended ended = ClientRun.against(server, "status", "x");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.err())
        .isEqualTo("muster: Expected an answer, but the server sent status 500 without a reason\n");
  }

  @Test
  void absentServerIsNamedWithTheWayToStartOne() throws IOException {
    int port;
    try (var socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }

    Ended ended = new ClientRun().run("list", "--server", "http://127.0.0.1:" + port);

    assertThat(ended.code()).isEqualTo(69);
    assertThat(ended.err()).contains("127.0.0.1:" + port).contains("./muster up");
  }

  @Test
  void unknownHostIsNamed() {
    Ended ended = new ClientRun().run("list", "--server", "http://no-such-host.invalid");

    assertThat(ended.code()).isEqualTo(69);
    assertThat(ended.err()).contains("no-such-host.invalid").doesNotContain("Exception");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status",
        "status a b",
        "status a --job-id b",
        "status a -o xml",
        "status a --server ftp://x",
        "status a --server ::",
        "list --limit many",
        "list --nonsense",
        "submit no-such-file.json",
        "frobnicate",
        "help frobnicate"
      })
  void wrongCommandLinesEndWithTwo(String line) {
    Ended ended = ClientRun.against(server, line.split(" "));

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err()).startsWith("muster: ").doesNotContain("Exception");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void idIsSentAsOnePathSegment() {
    ClientRun.against(server, "status", "../workers?x=1");

    assertThat(server.requests().getFirst().target())
        .isEqualTo("/api/v1/jobs/..%2Fworkers%3Fx%3D1");
  }

  @Test
  void listSendsItsFiltersAndNamesTheNextPage() {
    server.on(
        "GET /jobs",
        200,
        "{\"data\":[" + job("completed", 48, 48) + "],\"next_cursor\":\"abc\",\"has_more\":true}");

    Ended ended =
        ClientRun.against(server, "list", "--status", "completed", "--tag", "a b", "--days", "2");

    assertThat(server.requests().getFirst().target())
        .isEqualTo("/api/v1/jobs?limit=50&status=completed&tag=a%20b&days=2");
    assertThat(ended.out()).contains(JOB_ID + "  completed  100 %  48").doesNotContain("abc");
    assertThat(ended.err()).contains("--cursor abc");
  }

  @Test
  void tasksOfAllPagesAreOneList() {
    server
        .on(
            "GET /jobs/j/tasks",
            200,
            "{\"data\":[{\"index\":0,\"status\":\"failed\",\"error_code\":\"exit_nonzero\"}],\"next_cursor\":\"c/1\"}")
        .on(
            "GET /jobs/j/tasks",
            200,
            "{\"data\":[{\"index\":1,\"status\":\"running\",\"latest_progress\":{\"step\":4}}],\"next_cursor\":null}");

    Ended ended = ClientRun.against(server, "tasks", "j", "--all");

    assertThat(ended.out()).contains("exit_nonzero").contains("{\"step\":4}");
    assertThat(server.requests().get(1).target()).endsWith("&cursor=c%2F1");
  }

  @Test
  void resultsShowEachTaskAndTheSumOfThem() {
    server.on(
        "GET /results/j",
        200,
        """
        {"status":"partial","completeness":{"total":2,"succeeded":1},"task_results":[
        {"index":0,"status":"succeeded","result":{"a":1.50}},
        {"index":1,"status":"failed","result":null,"error_code":"timeout","error":"took 5 s"}]}
        """);

    Ended ended = ClientRun.against(server, "results", "j");

    assertThat(ended.out()).contains("{\"a\":1.50}").contains("timeout: took 5 s");
    assertThat(ended.err()).isEqualTo("partial: 1 of 2 tasks succeeded\n");
  }

  @Test
  void resultsOfASweepAndABenchmarkEndWithTheBest() {
    server.on(
        "GET /results/j",
        200,
        """
        {"status":"completed","completeness":{"total":1,"succeeded":1},"task_results":[],
        "aggregate_result":{"metric":"loss","leaderboard":[
        {"rank":1,"index":7,"value":0.25,"parameters":{"lr":0.10}}],
        "comparison":{"pairs":[{"first":"a","second":"b","count":4,"mean_difference":-1.5,
        "interval":[-2,-1],"better":"a"}]}}}
        """);

    Ended ended = ClientRun.against(server, "results", "j");

    assertThat(ended.out())
        .contains("LOSS")
        .contains("{\"lr\":0.10}")
        .containsPattern("a +b +4 +-1.5 +-2 to -1 +a");
  }

  @Test
  void verifyOfAJobNamesEachFigureThatTheResultsDoNotSay() {
    String job = "job_01JD2T5V8W3Y6Z9B0C4E7G1H2K";
    server.on(
        "GET /jobs/" + job + "/verify",
        200,
        "{\"verified\":false,\"results\":2,\"differences\":[{\"path\":\"fields.loss.sum\","
            + "\"stored\":\"0.4\",\"recomputed\":\"0.3\"}]}");

    Ended ended = ClientRun.against(server, "verify", job);

    assertThat(ended.code()).isOne();
    assertThat(ended.out()).isEqualTo("FAILED  fields.loss.sum is 0.4, but the results say 0.3\n");
  }

  @Test
  void retrySaysWhichTasksRunAgain() {
    server.on("POST /jobs/j/retry", 202, job("planning", 0, 2));

    Ended ended = ClientRun.against(server, "retry", "j", "--tasks", "17,40-90");

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(server.requests().getFirst().body()).isEqualTo("{\"tasks\":\"17,40-90\"}");
  }

  @Test
  void cancelPutsTheReason() {
    server.on("PUT /jobs/j/cancel", 202, job("running", 0, 1));

    Ended ended = ClientRun.against(server, "cancel", "j", "--reason", "wrong \"data\"");

    assertThat(ended.code()).isZero();
    assertThat(server.requests().getFirst().body())
        .isEqualTo("{\"reason\":\"wrong \\\"data\\\"\"}");
    assertThat(ended.out()).isEqualTo(JOB_ID + " is being cancelled\n");
  }

  @Test
  void adminAsksPageByPage() {
    server
        .on("POST /admin/replay", 202, "{\"requested\":1000,\"next_cursor\":\"c\"}")
        .on("POST /admin/replay", 202, "{\"requested\":7,\"next_cursor\":null}");

    Ended ended = ClientRun.against(server, "admin", "replay");

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).isEqualTo("replay is asked for 1007 jobs\n");
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void newWebhooksSecretIsAloneOnStandardOutput() {
    server.on("POST /webhooks", 201, "{\"id\":\"ep_1\",\"secret\":\"whsec_x\"}");

    Ended ended =
        ClientRun.against(
            server,
            "webhooks",
            "add",
            "https://example.com/h",
            "--events",
            "job.failed,job.partial",
            "--description",
            "a \"b\"");

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).isEqualTo("whsec_x\n");
    assertThat(ended.err()).contains("ep_1");
    assertThat(server.requests().getFirst().body())
        .isEqualTo(
            "{\"url\":\"https://example.com/h\",\"description\":\"a \\\"b\\\"\","
                + "\"events\":[\"job.failed\",\"job.partial\"]}");
  }

  @Test
  void webhooksAreListedWithTheirDeliveriesAndSentAgain() {
    server
        .on(
            "GET /webhooks",
            200,
            "{\"data\":[{\"id\":\"ep_1\",\"url\":\"https://h\",\"status\":\"failing\","
                + "\"failures\":3,\"events\":[\"job.failed\"]}]}")
        .on(
            "GET /webhooks/ep_1/deliveries",
            200,
            "{\"data\":[{\"id\":\"msg_1\",\"event\":\"job.failed\",\"state\":\"exhausted\","
                + "\"created_at\":\"2026-01-01T00:00:00Z\",\"attempts\":[{\"status\":null,"
                + "\"error\":\"tls\"}]}],\"next_cursor\":null}")
        .on("POST /webhooks/ep_1/deliveries/msg_1/redeliver", 202, "{\"delivery_id\":\"msg_1\"}")
        .on("POST /webhooks/ep_1/rotate", 200, "{\"id\":\"ep_1\",\"secret\":\"whsec_y\"}");

    assertThat(ClientRun.against(server, "webhooks", "list").out())
        .contains("ep_1", "failing", "https://h", "job.failed");
    assertThat(ClientRun.against(server, "webhooks", "deliveries", "ep_1").out())
        .contains("msg_1", "exhausted", "tls");
    assertThat(ClientRun.against(server, "webhooks", "redeliver", "ep_1", "msg_1").out())
        .isEqualTo("msg_1 is sent again\n");
    assertThat(ClientRun.against(server, "webhooks", "rotate", "ep_1", "--overlap", "60").out())
        .isEqualTo("whsec_y\n");
    assertThat(server.requests().getLast().body()).isEqualTo("{\"overlap_s\":60}");
  }

  @Test
  void logsOfSeveralTasksNameTheTaskOfEachLine() {
    server
        .on("GET /jobs/j", 200, job("running", 0, 2))
        .on(
            "GET /jobs/j/output",
            200,
            """
            {"tasks":[{"index":0,"attempt":1,"output":"a\\nb","output_bytes":3},
            {"index":1,"attempt":1,"output":"c\\n","output_bytes":2}],"next_cursor":null}\
            """);

    assertThat(ClientRun.against(server, "logs", "j").out()).isEqualTo("[0] a\n[1] c\n[0] b\n");
  }

  @Test
  void controlCharactersOfUsersNeverReachTheTerminal() {
    server.on(
        "GET /jobs",
        200,
        "{\"data\":[{\"job_id\":\"j\",\"status\":\"queued\",\"tags\":[\"\\u001b[2J\"]}]}");

    assertThat(ClientRun.against(server, "list").out()).doesNotContain("\u001b");
    assertThat(ClientRun.against(server, "list", "-o", "json").out()).doesNotContain("\u001b");
    assertThat(ClientRun.against(server, "list", "-o", "yaml").out()).doesNotContain("\u001b");
  }

  @Test
  void coloursAreForTerminalsOnly() {
    server.on("GET /jobs/j", 200, job("completed", 1, 1));
    var run = new ClientRun().with("MUSTER_SERVER", server.address()).onTerminal();

    assertThat(run.run("status", "j").out()).contains("\u001b[32mcompleted\u001b[0m");
    assertThat(run.run("status", "j", "--no-color").out()).doesNotContain("\u001b");
    assertThat(ClientRun.against(server, "status", "j").out()).doesNotContain("\u001b");
  }

  @Test
  void everyCommandHasHelpWithAnExample() {
    for (Verb verb : Verb.values()) {
      Ended ended = new ClientRun().run(("help " + verb.word()).split(" "));

      assertThat(ended.code()).isZero();
      assertThat(ended.out())
          .contains("Usage: muster " + verb.word())
          .containsPattern("Examples?:\n  ");
      assertThat(new ClientRun().run("help").out()).contains("  " + verb.word() + " ");
    }
  }

  @Test
  void helpNamesEveryExitCode() {
    assertThat(new ClientRun().run("help", "exit-codes").out())
        .contains(
            "  0 ", "  1 ", "  2 ", "  3 ", "  4 ", "  5 ", "  6 ", "  8 ", "  69 ", "  130 ");
  }

  @Test
  void nearMissOfACommandIsNamed() {
    assertThat(new ClientRun().run("statsu").err()).contains("Did you mean: muster status");
  }

  @Test
  void newKeyIsAloneOnStandardOutput() {
    server.on("POST /keys", 201, "{\"key\":\"mk_a_b_c\",\"key_id\":\"mk_a\"}");

    Ended ended =
        ClientRun.against(
            server,
            "admin",
            "key",
            "create",
            "--label",
            "a \"b\"",
            "--scopes",
            "read,write",
            "--tenant",
            "acme",
            "--expires-at",
            "2027-01-01T00:00:00Z");

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).isEqualTo("mk_a_b_c\n");
    assertThat(ended.err()).contains("muster admin key revoke mk_a");
    assertThat(server.requests().getFirst().body())
        .isEqualTo(
            "{\"label\":\"a"
                + " \\\"b\\\"\",\"expires_at\":\"2027-01-01T00:00:00Z\",\"tenant\":\"acme\","
                + "\"scopes\":[\"read\",\"write\"]}");
  }

  @Test
  void keyIsNeverMadeTwiceBecauseAnAnswerWasLost() {
    server.on("POST /keys", StubServer.noAnswer());

    assertThat(ClientRun.against(server, "admin", "key", "create").code()).isEqualTo(69);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void keysAndTenantsAreListedAndEnded() {
    server
        .on(
            "GET /keys",
            200,
            "{\"data\":[{\"key_id\":\"mk_a\",\"label\":\"ci\",\"scopes\":[\"read\"],"
                + "\"revoked_at\":null}],\"next_cursor\":null}")
        .on("DELETE /keys/mk_a", 200, "{\"key_id\":\"mk_a\"}")
        .on("POST /tenants", 201, "{\"tenant\":\"acme\"}")
        .on(
            "GET /tenants",
            200,
            "{\"data\":[{\"tenant\":\"acme\",\"disabled\":true}],\"next_cursor\":\"n\"}");

    assertThat(ClientRun.against(server, "admin", "key", "list", "--tenant", "a b").out())
        .contains("mk_a  ci     read");
    assertThat(server.requests().getFirst().target())
        .isEqualTo("/api/v1/keys?limit=50&tenant=a%20b");
    assertThat(ClientRun.against(server, "admin", "key", "revoke", "mk_a").out())
        .isEqualTo("mk_a is revoked\n");
    assertThat(ClientRun.against(server, "admin", "tenant", "create", "acme").out())
        .isEqualTo("acme is there\n");
    Ended tenants = ClientRun.against(server, "admin", "tenant", "list");
    assertThat(tenants.out()).contains("acme").contains("disabled");
    assertThat(tenants.err()).contains("--cursor n");
  }

  @Test
  void explainSaysWhyAndWhoComesFirst() {
    server.on(
        "GET /jobs/j/explain",
        200,
        "{\"status\":\"queued\",\"reason\":\"busy\",\"detail\":\"All are busy\",\"pool\":\"p\","
            + "\"waiting\":3,\"running\":2,\"jobs_ahead\":7}");

    assertThat(ClientRun.against(server, "explain", "j").out())
        .isEqualTo(
            "queued, busy: All are busy\n"
                + "3 tasks wait in the pool p, 2 are under way, 7 jobs come first\n");
  }

  @Test
  void halfOfACommandNamesTheWholeOnes() {
    Ended ended = new ClientRun().run("admin", "key");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err()).contains("muster admin key create");
  }

  @Test
  void statsAreToldInWords() {
    server.on(
        "GET /stats",
        200,
        """
        {"from":"2026-01-01","to":null,"jobs_submitted":14,"jobs":{"completed":4,"partial":1,\
        "failed":1,"cancelled":5,"expired":2},"success_rate":0.5,"average_completion_s":null,\
        "total_spent_usd":1.500000001}\
        """);

    Ended ended = ClientRun.against(server, "stats", "--from", "2026-01-01");

    assertThat(ended.code()).isZero();
    assertThat(ended.out())
        .contains("Total jobs submitted     14\n")
        .contains("Success rate             50.0 %\n")
        .contains("Average completion time  -\n")
        .contains("Total spent              1.500000001 USD\n");
    assertThat(server.requests().getFirst().target()).endsWith("/stats?from=2026-01-01");
  }

  @Test
  void balanceIsATable() {
    server.on(
        "GET /balance",
        200,
        "{\"available_usd\":-0.5,\"held_usd\":0,\"spent_usd\":25.5,\"granted_usd\":25}");

    assertThat(ClientRun.against(server, "balance").out()).contains("-0.5", "25.5", "25");
  }

  @Test
  void exportPrintsTheDocumentAsItIs() {
    server.on("GET /jobs/export", 200, "a,b\r\n1,\"2\"\r\n", "Content-Type", "text/csv");

    Ended ended = ClientRun.against(server, "export", "--format", "csv");

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).isEqualTo("a,b\r\n1,\"2\"\r\n");
    assertThat(server.requests().getFirst().target()).endsWith("/jobs/export?format=csv");
  }

  @ParameterizedTest
  @CsvSource({"1000,1000", "20GB,20000000000", "500GiB,536870912000", "default,null"})
  void quotaIsSetInUnitsThatPeopleWrite(String written, String number) {
    server.on(
        "PUT /tenants/acme/quota",
        200,
        "{\"tenant\":\"acme\",\"bucket_bytes_max\":5,\"used_bytes\":4}");

    Ended ended = ClientRun.against(server, "admin", "tenant", "quota", "acme", written);

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.out()).isEqualTo("acme: 4 of 5 bytes are used\n");
    assertThat(server.requests().getFirst().body())
        .isEqualTo("{\"bucket_bytes_max\":" + number + "}");
    assertThat(ClientRun.against(server, "admin", "tenant", "quota", "acme", "much").code())
        .isEqualTo(2);
  }
}
