package dev.muster.cli;

import static dev.muster.cli.StubServer.JOB_ID;
import static dev.muster.cli.StubServer.event;
import static dev.muster.cli.StubServer.job;
import static dev.muster.cli.StubServer.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.cli.ClientRun.Ended;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Following a job: progress, output, broken connections, time limits. */
class WatchIT {
  private static final String QUICK = "retry: 20\n\n";
  private static final String OUTPUT = "GET /jobs/" + JOB_ID + "/output";

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
  void watchTellsEachStepAndEndsAsTheJobDoes() {
    server.onStream(
        event(1, "job", job("queued", 0, 4))
            + ": hb\n\n"
            + event(2, "job", job("running", 1, 4))
            + event(3, "job", job("running", 1, 4))
            + event(4, "end", job("partial", 3, 4)));

    Ended ended = ClientRun.against(server, "watch", JOB_ID);

    assertThat(ended.code()).isEqualTo(3);
    assertThat(ended.out().lines()).hasSize(3);
    assertThat(ended.out()).contains("queued").contains("running  1/4").contains("partial  3/4");
  }

  @Test
  void brokenStreamGoesOnAfterTheLastEventSeen() {
    server
        .onStream(QUICK + event(7, "job", job("running", 1, 4)) + "id: 8\nevent: job\ndata: {\"cut")
        .on("GET /jobs/" + JOB_ID + "/stream", 503, problem(503, "u", "Busy", "later"))
        .onStream(event(8, "job", job("running", 2, 4)) + event(9, "end", job("completed", 4, 4)));

    Ended ended = ClientRun.against(server, "watch", JOB_ID);

    assertThat(ended.code()).isZero();
    assertThat(server.requests())
        .extracting(request -> request.header("Last-Event-ID"))
        .containsExactly("", "7", "7");
    assertThat(ended.out()).contains("connection lost, trying again").contains("running  2/4");
  }

  @Test
  void watchInJsonIsOneLineForEachChange() {
    server.onStream(
        event(1, "job", job("running", 1, 2)) + event(2, "end", job("completed", 2, 2)));

    Ended ended = ClientRun.against(server, "watch", JOB_ID, "-o", "json");

    assertThat(ended.out().lines()).hasSize(2).allMatch(line -> line.startsWith("{\"job_id\""));
  }

  @Test
  void timeoutLeavesTheJobRunningWithEight() {
    server.on(
        "GET /jobs/" + JOB_ID + "/stream",
        StubServer.openStream(event(1, "job", job("running", 1, 2))));

    Ended ended = ClientRun.against(server, "watch", JOB_ID, "--timeout", "1");

    assertThat(ended.code()).isEqualTo(8);
    assertThat(ended.err()).contains("muster watch " + JOB_ID);
  }

  @Test
  void unknownJobEndsWithFive() {
    assertThat(ClientRun.against(server, "watch", "nobody").code()).isEqualTo(5);
    assertThat(ClientRun.against(server, "logs", "-f", "nobody").code()).isEqualTo(5);
  }

  @Test
  void terminalGetsOneLineThatIsDrawnAgain() {
    server.onStream(
        event(1, "job", job("running", 1, 2)) + event(2, "end", job("completed", 2, 2)));

    Ended ended =
        new ClientRun().with("MUSTER_SERVER", server.address()).onTerminal().run("watch", JOB_ID);

    assertThat(ended.out()).contains("\r[############------------]  50 %").endsWith("\n");
    assertThat(ended.out().lines()).hasSizeLessThanOrEqualTo(3);
  }

  @Test
  void followedLogsRepeatNothingAndLeaveNothingOut() {
    server
        .on("GET /jobs/" + JOB_ID, 200, job("running", 0, 1))
        .on(OUTPUT, 200, output("one\ntwo\n", 8))
        .on(OUTPUT, 200, output("one\ntwo\nthree\nfour\n", 19))
        .on(OUTPUT, 200, output("one\ntwo\nthree\nfour\nfive\n", 24))
        .onStream(
            QUICK + event(1, "job", job("running", 0, 1)) + log(4, "two\n") + log(8, "three\n"))
        .onStream(
            event(1, "job", job("running", 0, 1))
                + log(14, "four\n")
                + event(2, "end", job("completed", 1, 1)));

    Ended ended = ClientRun.against(server, "logs", "-f", JOB_ID);

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).isEqualTo("one\ntwo\nthree\nfour\nfive\n");
  }

  @Test
  void pieceThatTheStreamLeftOutIsFetched() {
    server
        .on("GET /jobs/" + JOB_ID, 200, job("running", 0, 1))
        .on(OUTPUT, 200, output("one\n", 4))
        .on(OUTPUT, 200, output("one\ntwo\nthree\n", 14))
        .onStream(
            event(1, "job", job("running", 0, 1))
                + log(8, "three\n")
                + event(2, "end", job("completed", 1, 1)));

    assertThat(ClientRun.against(server, "logs", "-f", JOB_ID).out())
        .isEqualTo("one\ntwo\nthree\n");
  }

  @Test
  void followedLogsInJsonAreOneDocumentForEachPiece() {
    server
        .on("GET /jobs/" + JOB_ID, 200, job("running", 0, 1))
        .on(OUTPUT, 200, output("one\n", 4))
        .onStream(
            event(1, "job", job("running", 0, 1))
                + log(4, "two\n")
                + event(2, "end", job("completed", 1, 1)));

    assertThat(ClientRun.against(server, "logs", "-f", JOB_ID, "-o", "json").out())
        .isEqualTo(
            """
            {"index": 0, "attempt": 1, "text": "one\\n"}
            {"index": 0, "attempt": 1, "text": "two\\n"}
            """);
  }

  private static String output(String text, int bytes) {
    return "{\"tasks\":[{\"index\":0,\"attempt\":1,\"output\":\"%s\",\"output_bytes\":%d}]}"
        .formatted(text.replace("\n", "\\n"), bytes);
  }

  private static String log(int offset, String text) {
    return "event: log\ndata: {\"index\":0,\"attempt\":1,\"offset\":%d,\"text\":\"%s\"}\n\n"
        .formatted(offset, text.replace("\n", "\\n"));
  }
}
