package dev.muster.contracts.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.job.Benchmark;
import dev.muster.contracts.job.Benchmark.Strategy;
import dev.muster.contracts.job.Design;
import dev.muster.contracts.job.FanOut;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.job.RetryPolicy;
import dev.muster.contracts.job.Sweep;
import dev.muster.contracts.job.Sweep.Axis;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaskPayloadTest {
  private static final String USERS_TEXT = "{ \"lr\" : 1.0, \"big\": 12345678901234567890 }";

  @Test
  void withoutFanOutItIsTheUsersText() {
    assertThat(TaskPayload.of(spec(FanOut.NONE, 0, USERS_TEXT), 0, List.of()))
        .isEqualTo(USERS_TEXT);
  }

  @Test
  void itemIsTheUsersText() {
    FanOut fanOut = new FanOut(FanOut.Shape.ITEMS, null, 2, 0);

    assertThat(TaskPayload.of(spec(fanOut, 0, "{}"), 1, List.of(USERS_TEXT))).isEqualTo(USERS_TEXT);
  }

  @Test
  void batchOfItemsListsThemUnchanged() {
    FanOut fanOut = new FanOut(FanOut.Shape.ITEMS, null, 5, 0);

    assertThat(TaskPayload.of(spec(fanOut, 2, "{}"), 1, List.of("{\"a\": 1.0}", "{}")))
        .isEqualTo(
            "{\"_batch\":{\"index\":1,\"size\":2,\"total_items\":5,\"offset\":2,"
                + "\"items\":[{\"a\": 1.0},{}]}}");
  }

  @Test
  void splitFieldHoldsTheItem() {
    FanOut fanOut = new FanOut(FanOut.Shape.BY, "model", 3, 0);

    assertThat(TaskPayload.of(spec(fanOut, 0, "{\"lr\": 1.0}"), 2, List.of("\"c\"")))
        .isEqualTo(
            "{\"lr\": 1.0,\"model\":\"c\",\"_fan_out\":{\"by\":\"model\",\"index\":2,\"total\":3}}");
  }

  @Test
  void batchedSplitFieldHoldsTheListOfItems() {
    FanOut fanOut = new FanOut(FanOut.Shape.BY, "model", 3, 0);

    assertThat(TaskPayload.of(spec(fanOut, 2, "{}"), 1, List.of("\"c\"")))
        .isEqualTo(
            "{\"model\":[\"c\"],\"_fan_out\":{\"by\":\"model\",\"index\":1,\"total\":2},"
                + "\"_batch\":{\"index\":1,\"size\":1,\"total_items\":3,\"offset\":2,"
                + "\"items\":[\"c\"]}}");
  }

  @Test
  void chunksHaveATemplateInstead() {
    FanOut fanOut = new FanOut(FanOut.Shape.CHUNKS, "n", 3, 9);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> TaskPayload.of(spec(fanOut, 0, "{}"), 0, List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "'{}', '{\"n\":1}'",
        "'{ }', '{\"n\":1}'",
        "' {\"a\":{}} ', '{\"a\":{},\"n\":1}'",
        "'{\"a\":\"}\" }', '{\"a\":\"}\",\"n\":1}'"
      })
  void membersAreAddedAtTheEnd(String object, String expected) {
    assertThat(TaskPayload.with(object, "\"n\":1")).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "quo\"te", "back\\slash", "line\nbreak", "nul\u0000", "é€😀"})
  void quotedTextReadsAsItself(String text) throws JsonProcessingException {
    assertThat(new ObjectMapper().readValue(TaskPayload.quoted(text), String.class))
        .isEqualTo(text);
  }

  @Test
  void pointOfASweepStandsBesideTheUsersText() {
    Sweep sweep =
        new Sweep(
            Sweep.Method.GRID,
            List.of(new Axis(List.of("lr"), List.of("0.10", "1.0"), null)),
            List.of(),
            2,
            0);
    JobSpec spec =
        spec(FanOut.NONE, 0, USERS_TEXT.replace("lr", "other"))
            .withDesign(new Design(sweep, null, null));

    assertThat(TaskPayload.of(spec, 0, List.of()))
        .isEqualTo(
            "{ \"other\" : 1.0, \"big\": 12345678901234567890,\"lr\":0.10,"
                + "\"_sweep\":{\"index\":0,\"total\":2}}");
  }

  @Test
  void runOfABenchmarkHasWhatStrategyAndInputHave() {
    Benchmark benchmark =
        new Benchmark(
            List.of(new Strategy("fast", "{\"k\":1}"), new Strategy("exact", "{ }")),
            List.of("{\"n\":10}", "{\"n\":20}"),
            2);
    JobSpec spec = spec(FanOut.NONE, 0, "{}").withDesign(new Design(null, benchmark, null));

    assertThat(TaskPayload.of(spec, 0, List.of()))
        .isEqualTo(
            "{\"k\":1,\"n\":10,"
                + "\"_benchmark\":{\"strategy\":\"fast\",\"input\":0,\"repeat\":0}}");
    assertThat(TaskPayload.of(spec, 7, List.of()))
        .isEqualTo("{\"n\":20,\"_benchmark\":{\"strategy\":\"exact\",\"input\":1,\"repeat\":1}}");
    assertThat(spec.variantOf(7)).isEqualTo("exact");
  }

  private static JobSpec spec(FanOut fanOut, int batchSize, String payload) {
    @Nullable String none = null;
    return new JobSpec(
        "acme",
        "default",
        "structured_runner",
        none,
        none,
        List.of(),
        none,
        none,
        List.of("true"),
        payload,
        fanOut,
        batchSize,
        Math.ceilDiv(fanOut.items(), Math.max(1, batchSize)),
        ResourceRequest.DEFAULT,
        RetryPolicy.DEFAULT,
        60,
        0,
        null,
        IndexRanges.EMPTY);
  }
}
