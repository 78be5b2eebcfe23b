package dev.muster.gateway.shell;

import static dev.muster.gateway.shell.AggregatorRows.counts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobEvent.Kind;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams of many jobs over rows and records as the aggregator writes them. */
@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
@Timeout(300)
class FeedIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static AggregatorRows rows;
  private Client client;

  @BeforeAll
  static void connectAsAggregator() {
    rows = new AggregatorRows();
  }

  @AfterAll
  static void close() {
    rows.close();
  }

  @BeforeEach
  void connect() {
    client = Client.withFirstKey();
  }

  private SseReader reader(String path) throws Exception {
    return new SseReader(client.request(path).build());
  }

  private SseReader resumed(String path, String id) throws Exception {
    return new SseReader(client.request(path).header("Last-Event-ID", id).build());
  }

  @Test
  void watchTellsHowJobsStandThenChangesAndEndsWithTheLast() throws Exception {
    JobId one =
        client.submit(
            ",\"client_ref\":\"r-1\",\"tags\":[\"t\"],\"meta\":{\"k\": 1},\"variant\":\"v\"");
    JobId two = client.submit("");
    rows.event(one, 1, Kind.RUNNING, counts(0, 1, 0, 0), false);
    rows.event(two, 1, Kind.COMPLETED, counts(0, 0, 2, 0), false);

    try (SseReader reader =
        reader("/api/v1/jobs/watch?ids=" + one.external() + "," + two.external())) {
      Map<String, JsonNode> first = new TreeMap<>();
      for (int i = 0; i < 2; i++) {
        reader.next("job");
        first.put(reader.data().get("job_id").asText(), reader.data());
      }
      JsonNode running = Objects.requireNonNull(first.get(one.external()));
      JsonNode ended = Objects.requireNonNull(first.get(two.external()));
      assertThat(running.get("client_ref").asText()).isEqualTo("r-1");
      assertThat(running.get("tags").get(0).asText()).isEqualTo("t");
      assertThat(running.at("/meta/k").asInt()).isOne();
      assertThat(running.get("variant").asText()).isEqualTo("v");
      assertThat(running.get("output_persisted").asBoolean()).isFalse();
      assertThat(running.has("payload")).isFalse();
      assertThat(ended.at("/summary/n").asInt()).isEqualTo(2);
      assertThat(ended.get("result_persisted").asBoolean()).isTrue();

      rows.event(one, 2, Kind.COMPLETED, counts(0, 0, 2, 0), true);
      assertThat(reader.next("job").state()).isEqualTo("COMPLETED");
      assertThat(reader.next().name()).isEqualTo("end");
      assertThat(reader.data().get("jobs").asInt()).isEqualTo(2);
      assertThat(reader.isAtEnd()).isTrue();
    }
  }

  @Test
  void watchNamesEveryIdThatIsNoJob() throws Exception {
    JobId one = client.submit("");
    String stranger = new JobId("01JD2T5V8W3Y6Z9B0C4E7G1H2K").external();

    HttpResponse<String> unknown =
        client.get("/api/v1/jobs/watch?ids=" + one.external() + "," + stranger);
    HttpResponse<String> none = client.get("/api/v1/jobs/watch");
    HttpResponse<String> tooMany = client.get("/api/v1/jobs/watch?ids=" + "x,".repeat(200) + "x");

    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(JSON.readTree(unknown.body()).at("/errors/0/pointer").asText()).isEqualTo("?ids[1]");
    assertThat(none.statusCode()).isEqualTo(422);
    assertThat(tooMany.statusCode()).isEqualTo(422);
  }

  @Test
  void tenantStreamTellsEveryJobAndItsTasks() throws Exception {
    try (SseReader reader = reader("/api/events?include=tasks,output")) {
      reader.mark();
      JobId job = client.submit("");
      rows.event(job, 1, Kind.SUBMITTED, counts(0, 0, 0, 0), true);
      assertThat(reader.next("job").state()).isEqualTo("PLANNING");
      assertThat(reader.data().get("job_id").asText()).isEqualTo(job.external());

      rows.taskLeased(job);
      reader.next("task");
      assertThat(reader.data().get("job_id").asText()).isEqualTo(job.external());
      assertThat(reader.data().get("worker").asText()).startsWith("w-");

      rows.outputWritten(job, 0, "hi");
      reader.next("log");
      assertThat(reader.data().get("text").asText()).isEqualTo("hi");
    }
  }

  @Test
  void projectStreamTellsItsJobsOnly() throws Exception {
    JobId mine = client.submit(",\"project\":\"mine\",\"tags\":[\"a\"]");
    JobId other = client.submit(",\"project\":\"other\"");
    try (SseReader reader = reader("/api/v1/projects/mine/stream");
        SseReader tagged = reader("/api/v1/events?tag=a")) {
      reader.mark();
      tagged.mark();
      rows.event(other, 1, Kind.SUBMITTED, counts(0, 0, 0, 0), true);
      rows.event(mine, 1, Kind.SUBMITTED, counts(0, 0, 0, 0), true);

      reader.next("job");
      assertThat(reader.data().get("project").asText()).isEqualTo("mine");
      tagged.next("job");
      assertThat(tagged.data().get("job_id").asText()).isEqualTo(mine.external());
    }
  }

  @Test
  void resumedStreamTellsEachEventOnceWhateverWasTold() throws Exception {
    JobId job = client.submit(",\"project\":\"resumed\"");
    String path = "/api/v1/projects/resumed/stream";
    String id;
    try (SseReader reader = reader(path)) {
      id = reader.mark();
    }
    List<Integer> told = new ArrayList<>();
    for (int seq = 1; seq <= 12; seq++) {
      rows.event(job, seq, Kind.PROGRESSED, counts(0, 1, 0, 0), seq % 3 != 0);
      if (seq % 4 == 0) {
        try (SseReader reader = resumed(path, id)) {
          for (int i = 0; i < 3; i++) {
            reader.next("job");
            told.add(reader.data().get("version").asInt());
          }
          id = reader.lastId();
        }
      }
    }
    try (SseReader reader = resumed(path, id)) {
      rows.event(job, 13, Kind.COMPLETED, counts(0, 0, 2, 0), true);
      while (told.size() < 13) {
        reader.next("job");
        told.add(reader.data().get("version").asInt());
      }
    }

    assertThat(told).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
  }

  @Test
  void eventThatIsCommittedLateIsToldLateButNotSkipped() throws Exception {
    JobId slow = client.submit(",\"project\":\"late\"");
    JobId quick = client.submit(",\"project\":\"late\"");
    String path = "/api/v1/projects/late/stream";
    try (SseReader reader = reader(path)) {
      reader.mark();

      Runnable commit = rows.uncommitted(slow, 1, Kind.SUBMITTED, counts(0, 0, 0, 0));
      rows.event(quick, 1, Kind.SUBMITTED, counts(0, 0, 0, 0), true);
      reader.next("job");
      assertThat(reader.data().get("job_id").asText()).isEqualTo(quick.external());
      String id = reader.lastId();
      commit.run();

      reader.next("job");
      assertThat(reader.data().get("job_id").asText()).isEqualTo(slow.external());
      try (SseReader again = resumed(path, id)) {
        again.next("job");
        assertThat(again.data().get("job_id").asText()).isEqualTo(slow.external());
      }
      try (SseReader again = resumed(path, reader.lastId())) {
        rows.event(quick, 2, Kind.QUEUED, counts(0, 0, 0, 0), true);
        again.next("job");
        assertThat(again.data().get("job_id").asText()).isEqualTo(quick.external());
        assertThat(again.data().get("version").asInt()).isEqualTo(2);
      }
    }
  }

  @Test
  void cursorOfNobodyIsRefused() {
    assertThat(client.get("/api/v1/events?after=abc").statusCode()).isEqualTo(400);
    assertThat(client.get("/api/v1/events?after=-1").statusCode()).isEqualTo(400);
    assertThat(client.get("/api/v1/events?include=all").statusCode()).isEqualTo(422);
    assertThat(client.get("/api/v1/events?project=x").statusCode()).isEqualTo(400);
  }
}
