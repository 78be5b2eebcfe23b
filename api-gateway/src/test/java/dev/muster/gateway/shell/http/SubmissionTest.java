package dev.muster.gateway.shell.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.job.FanOut;
import dev.muster.contracts.job.Federated;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.task.Gang;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.submission.FieldError;
import dev.muster.gateway.submission.JobReader;
import dev.muster.gateway.submission.Parsed;
import dev.muster.gateway.submission.Submission;
import dev.muster.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a submission may be, from its bytes on. */
class SubmissionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"fan_out\":{}}                                              | /fan_out | fan-out-exclusive",
        "{\"fan_out\":{\"by\":\"a\",\"items\":[{}]},\"payload\":{\"a\":[1]}} | /fan_out | fan-out-exclusive",
        "{\"fan_out\":{\"items\":[{}],\"chunks\":2,\"total\":3}}       | /fan_out | fan-out-exclusive",
        "{\"fan_out\":{\"by\":\"a\",\"total\":3},\"payload\":{\"a\":[1]}} | /fan_out | fan-out-exclusive",
        "{\"fan_out\":{\"by\":\"a\",\"items\":[{}],\"chunks\":1}}      | /fan_out | fan-out-exclusive",
        "{\"fan_out\":{\"by\":\"b\"},\"payload\":{\"a\":[1]}}          | /fan_out/by | fan-out-by",
        "{\"fan_out\":{\"by\":\"a\"},\"payload\":{\"a\":1}}            | /fan_out/by | fan-out-by",
        "{\"fan_out\":{\"by\":\"a\"},\"payload\":{\"a\":[]}}           | /fan_out/by | fan-out-limit",
        "{\"fan_out\":{\"items\":[]}}                                  | /fan_out/items | fan-out-limit",
        "{\"fan_out\":{\"items\":[{},1]}}                              | /fan_out/items | type",
        "{\"fan_out\":{\"items\":{}}}                                  | /fan_out/items | type",
        "{\"fan_out\":{\"items\":[{}]},\"payload\":{\"a\":1}}          | /fan_out/items | fan-out-payload",
        "{\"fan_out\":{\"chunks\":1000000000,\"total\":2000000000,\"range_field\":\"n\"}} | /fan_out/chunks | max",
        "{\"fan_out\":{\"chunks\":0,\"total\":2,\"range_field\":\"n\"}} | /fan_out/chunks | min",
        "{\"fan_out\":{\"chunks\":-1,\"total\":2,\"range_field\":\"n\"}} | /fan_out/chunks | min",
        "{\"fan_out\":{\"chunks\":1.5,\"total\":2,\"range_field\":\"n\"}} | /fan_out/chunks | type",
        "{\"fan_out\":{\"chunks\":1,\"total\":1000000000000000000,\"range_field\":\"n\"}} | /fan_out/total | max",
        "{\"fan_out\":{\"chunks\":1,\"total\":9223372036854775808,\"range_field\":\"n\"}} | /fan_out/total | max",
        "{\"fan_out\":{\"chunks\":3,\"total\":2,\"range_field\":\"n\"}} | /fan_out/chunks | fan-out-limit",
        "{\"fan_out\":{\"chunks\":3,\"total\":5}}                      | /fan_out/range_field | required",
        "{\"fan_out\":{\"chunk\":3}}                                   | /fan_out/chunk | unknown-field",
        "{\"fan_out\":3}                                               | /fan_out | type",
        "{\"batch_size\":2}                                            | /batch_size | fan-out-required",
        "{\"batch_size\":0,\"fan_out\":{\"items\":[{}]}}               | /batch_size | min",
        "{\"batch_size\":1000000000,\"fan_out\":{\"items\":[{}]}}      | /batch_size | max",
        "{\"batch_size\":1,\"batch_per_task\":1,\"fan_out\":{\"items\":[{}]}} | /batch_per_task | exclusive",
        "{\"payload\":[]}                                              | /payload | type",
        "{\"payload\":{\"_batch\":1}}                                  | /payload/_batch | reserved",
        "{\"payload\":{\"_fan_out\":1}}                                | /payload/_fan_out | reserved",
        "{\"timeout_s\":0}                                             | /timeout_s | min",
        "{\"timeout_s\":604801}                                        | /timeout_s | max",
        "{\"timeout_s\":2147483648}                                    | /timeout_s | max",
        "{\"timeout_s\":1e3}                                           | /timeout_s | type",
        "{\"timeout_s\":\"5\"}                                         | /timeout_s | type",
        "{\"timeout_s\":null}                                          | /timeout_s | type",
        "{\"timeout_s\":-0}                                            | /timeout_s | type",
        "{\"priority\":9999}                                           | /priority | max",
        "{\"type\":\"Structured_Runner\"}                              | /type | format",
        "{\"project\":\"../x\"}                                        | /project | format",
        "{\"pool\":\"A\"}                                              | /pool | format",
        "{\"variant\":\" \"}                                           | /variant | format",
        "{\"variant\":\"a\\u202eb\"}                                   | /variant | format",
        "{\"variant\":\"a\\u200bb\"}                                   | /variant | format",
        "{\"tags\":[\"a,b\"]}                                          | /tags/0 | format",
        "{\"tags\":[\"a\",\"\"]}                                       | /tags/1 | format",
        "{\"tags\":[\"a\",\"\\n\"]}                                    | /tags/1 | format",
        "{\"tags\":\"a\"}                                              | /tags | type",
        "{\"meta\":3}                                                  | /meta | type",
        "{\"requirements\":{\"gpus\":-1}}                              | /requirements/gpus | min",
        "{\"requirements\":{\"gpus\":0.3}}                             | /requirements/gpus | type",
        "{\"requirements\":{\"gpus\":1000000}}                         | /requirements/gpus | max",
        "{\"requirements\":{\"cpus\":1e400}}                           | /requirements/cpus | max",
        "{\"requirements\":{\"memory_gb\":-1}}                         | /requirements/memory_gb | min",
        "{\"requirements\":{\"memory_gb\":\"1\"}}                      | /requirements/memory_gb | type",
        "{\"requirements\":{\"gpu\":1}}                                | /requirements/gpu | unknown-field",
        "{\"requirements\":{\"gpus\":1},\"profile\":\"cpu\"}           | /requirements/gpus | profile",
        "{\"profile\":\"tpu\"}                                         | /profile | format",
        "{\"retries\":101}                                             | /retries | max",
        "{\"retries\":{\"exit_codes\":[0]}}                            | /retries/exit_codes/0 | min",
        "{\"retries\":{\"backoff_s\":5,\"backoff_max_s\":1}}           | /retries/backoff_max_s | min",
        "{\"state\":\"COMPLETED\"}                                     | /state | unknown-field",
        "{\"tenant_id\":\"x\"}                                         | /tenant_id | unknown-field",
        "{\"type\":\"sweep\"}                                          | /sweep | required",
        "{\"sweep\":{\"grid\":{\"a\":[1]}}}                            | /sweep | type",
        "{\"type\":\"sweep\",\"sweep\":{}}                             | /sweep | exclusive",
        "{\"type\":\"sweep\",\"sweep\":{\"grid\":{\"a\":[1]},\"list\":[{}]}} | /sweep | exclusive",
        "{\"type\":\"sweep\",\"sweep\":{\"grid\":{}}}                 | /sweep/grid | min-items",
        "{\"type\":\"sweep\",\"sweep\":{\"grid\":{\"a\":[]}}}          | /sweep/grid/a | min-items",
        "{\"type\":\"sweep\",\"sweep\":{\"grid\":{\"a\":{\"b\":1}}}}    | /sweep/grid/a/b | type",
        "{\"type\":\"sweep\",\"sweep\":{\"grid\":{\"_a\":[1]}}}        | /sweep/grid/_a | reserved",
        "{\"type\":\"sweep\",\"sweep\":{\"grid\":{\"a\":[1]}},\"payload\":{\"a\":2}} | /sweep/grid/a | conflict",
        "{\"type\":\"sweep\",\"sweep\":{\"grid\":{\"a\":[1]},\"metric\":\"m\"}} | /sweep/direction | required",
        "{\"type\":\"sweep\",\"sweep\":{\"grid\":{\"a\":[1]},\"metric\":\"m\",\"direction\":\"up\"}} | /sweep/direction | format",
        "{\"type\":\"sweep\",\"sweep\":{\"grid\":{\"a\":[1]},\"seed\":1}} | /sweep/seed | exclusive",
        "{\"type\":\"sweep\",\"sweep\":{\"random\":{\"a\":[1]}}}       | /sweep/samples | required",
        "{\"type\":\"sweep\",\"sweep\":{\"random\":{\"a\":[1]},\"samples\":100001}} | /sweep/samples | max",
        "{\"type\":\"sweep\",\"sweep\":{\"random\":{\"a\":{\"uniform\":[2,1]}},\"samples\":1}} | /sweep/random/a | range",
        "{\"type\":\"sweep\",\"sweep\":{\"random\":{\"a\":{\"log_uniform\":[0,1]}},\"samples\":1}} | /sweep/random/a | range",
        "{\"type\":\"sweep\",\"sweep\":{\"random\":{\"a\":{\"integers\":[0,1.5]}},\"samples\":1}} | /sweep/random/a | range",
        "{\"type\":\"sweep\",\"sweep\":{\"list\":[]}}                 | /sweep/list | fan-out-limit",
        "{\"type\":\"sweep\",\"sweep\":{\"list\":[1]}}                | /sweep/list/0 | type",
        "{\"type\":\"sweep\",\"sweep\":{\"list\":[{}],\"points\":1}}   | /sweep/points | unknown-field",
        "{\"type\":\"sweep\",\"sweep\":{\"list\":[{}]},\"fan_out\":{\"items\":[{}]}} | /fan_out | exclusive",
        "{\"type\":\"benchmark\"}                                      | /strategies | required",
        "{\"strategies\":{}}                                           | /strategies | type",
        "{\"type\":\"benchmark\",\"strategies\":{\"a\":{}}}             | /strategies | min-items",
        "{\"type\":\"benchmark\",\"strategies\":{\"a\":{},\"b\":1}}      | /strategies/b | type",
        "{\"type\":\"benchmark\",\"strategies\":{\"a\":{},\"b\":{}}}     | /metric | required",
        "{\"type\":\"benchmark\",\"strategies\":{\"a\":{\"k\":1},\"b\":{}},\"inputs\":[{\"k\":1}]} | /inputs/0 | conflict",
        "{\"type\":\"benchmark\",\"strategies\":{\"a\":{},\"b\":{}},\"repeats\":0} | /repeats | min",
        "{\"type\":\"map_reduce\",\"reduce\":{\"builtin\":\"sum\"}}       | /fan_out | required",
        "{\"type\":\"map_reduce\",\"fan_out\":{\"items\":[{}]}}          | /reduce | required",
        "{\"type\":\"map_reduce\",\"gang\":{\"size\":2}}                  | /gang | exclusive",
        "{\"type\":\"map_reduce\",\"reduce\":{}}                         | /reduce | exclusive",
        "{\"type\":\"map_reduce\",\"reduce\":{\"builtin\":\"avg\"}}       | /reduce/builtin | format",
        "{\"type\":\"map_reduce\",\"reduce\":{\"builtin\":\"sum\",\"fan_in\":1}} | /reduce/fan_in | min",
        "{\"type\":\"map_reduce\",\"reduce\":{\"builtin\":\"sum\",\"output\":\"map\"}} | /reduce/output | unknown-field",
        "{\"type\":\"map_reduce\",\"map\":{\"runner_command\":[\"x\"]},\"reduce\":{\"builtin\":\"sum\"},\"fan_out\":{\"items\":[{}]},\"runner_command\":[\"y\"]} | /runner_command | exclusive",
        "{\"type\":\"map_reduce\",\"reduce\":{\"builtin\":\"sum\"},\"fan_out\":{\"chunks\":1000000,\"total\":1000000,\"range_field\":\"n\"}} | /fan_out | fan-out-limit",
        "{\"reduce\":{\"builtin\":\"sum\"}}                             | /reduce | type",
        "{\"runner_comand\":[]}                                        | /runner_comand | unknown-field",
        "{\"runner_command\":[]}                                       | /runner_command | min-items",
        "{\"runner_command\":[\" \"]}                                  | /runner_command | format",
        "{\"runner_command\":\"true\"}                                 | /runner_command | type",
        "{\"runner_command\":[1]}                                      | /runner_command/0 | format",
        "{\"type\":\"federated\"}                                       | /federated | required",
        "{\"type\":\"federated\"}                                       | /project | required",
        "{\"type\":\"federated\",\"project\":\"p\"}                       | /runner_command | exclusive",
        "{\"type\":\"federated\",\"gang\":{}}                           | /gang | exclusive",
        "{\"type\":\"federated\",\"fan_out\":{\"items\":[{}]}}          | /fan_out | exclusive",
        "{\"type\":\"federated\",\"federated\":{\"shards\":[{}]}}       | /federated/rounds | required",
        "{\"type\":\"federated\",\"federated\":{\"rounds\":1}}          | /federated/shards | required",
        "{\"type\":\"federated\",\"federated\":{\"shards\":[]}}         | /federated/shards | min-items",
        "{\"type\":\"federated\",\"federated\":{\"shards\":[1]}}        | /federated/shards/0 | type",
        "{\"type\":\"federated\",\"federated\":{\"shards\":[{\"_x\":1}]}} | /federated/shards/0/_x | reserved",
        "{\"type\":\"federated\",\"payload\":{\"a\":1},\"federated\":{\"shards\":[{\"a\":1}]}} | /federated/shards/0/a | conflict",
        "{\"type\":\"federated\",\"federated\":{\"rounds\":0}}          | /federated/rounds | min",
        "{\"type\":\"federated\",\"federated\":{\"rounds\":1001}}       | /federated/rounds | max",
        "{\"type\":\"federated\",\"federated\":{\"training\":{\"local_epochs\":0}}} | /federated/training/local_epochs | min",
        "{\"type\":\"federated\",\"federated\":{\"training\":{\"learning_rate\":-1}}} | /federated/training/learning_rate | min",
        "{\"type\":\"federated\",\"federated\":{\"training\":{\"epochs\":1}}} | /federated/training/epochs | unknown-field",
        "{\"type\":\"federated\",\"federated\":{\"min_clients\":1}}     | /federated/min_clients | unknown-field",
        "{\"federated\":{\"rounds\":1}}                                | /federated | type",
        "{\"payload\":{\"_federated\":1}}                              | /payload/_federated | reserved",
        "{\"gang\":3}                                                  | /gang | type",
        "{\"gang\":{\"size\":0}}                                       | /gang/size | min",
        "{\"gang\":{\"size\":257}}                                     | /gang/size | max",
        "{\"gang\":{\"size\":2}}                                       | /gang/size | shard-count-mismatch",
        "{\"gang\":{\"workers\":2}}                                    | /gang/workers | shard-count-mismatch",
        "{\"gang\":{\"auto_select_workers\":1}}                        | /gang/auto_select_workers | type",
        "{\"gang\":{\"rank\":0}}                                       | /gang/rank | unknown-field",
      })
  void wrongSubmissionNamesTheField(String json, String pointer, String code) {
    String body =
        json.contains("runner_com")
            ? json
            : json.replaceFirst("\\{", "{\"runner_command\":[\"x\"],");

    List<FieldError> errors = ((Parsed.Refused) read(body)).errors();

    assertThat(errors).anyMatch(e -> e.pointer().equals(pointer) && e.code().equals(code));
  }

  @Test
  void allErrorsComeAtOnce() {
    Parsed parsed =
        read("{\"runner_comand\":[\"x\"],\"timeout_s\":0,\"tags\":[\"\"],\"fan_out\":{}}");

    assertThat(((Parsed.Refused) parsed).errors())
        .extracting(FieldError::pointer)
        .containsExactlyInAnyOrder(
            "/runner_command", "/runner_comand", "/timeout_s", "/tags/0", "/fan_out");
    assertThat(((Parsed.Refused) parsed).errors())
        .anyMatch(e -> e.detail().contains("did you mean runner_command?"));
  }

  @Test
  void limitsHoldAtTheirEdges() {
    assertThat(spec("{\"timeout_s\":1}").timeoutSeconds()).isEqualTo(1);
    assertThat(spec("{\"timeout_s\":604800}").timeoutSeconds()).isEqualTo(604_800);
    assertThat(
            spec("{\"fan_out\":{\"chunks\":1000000,\"total\":1000000,\"range_field\":\"n\"}}")
                .taskCount())
        .isEqualTo(1_000_000);
    String tags = "\"x\",".repeat(49) + "\"y\"";
    assertThat(spec("{\"tags\":[" + tags + "]}").tags()).containsExactly("x", "y");
    assertThat(read("{\"runner_command\":[\"x\"],\"tags\":[" + tags + ",\"z\"]}"))
        .isInstanceOf(Parsed.Refused.class);
  }

  @Test
  void absentFieldsHaveTheirDefaults() {
    JobSpec spec = spec("{}");

    assertThat(spec.payload()).isEqualTo("{}");
    assertThat(spec.pool()).isEqualTo("default");
    assertThat(spec.type()).isEqualTo("structured_runner");
    assertThat(spec.timeoutSeconds()).isEqualTo(3_600);
    assertThat(spec.fanOut()).isEqualTo(FanOut.NONE);
    assertThat(spec.taskCount()).isOne();
    assertThat(spec.requirements().gpus()).isZero();
    assertThat(spec("{\"profile\":\"gpu\"}").requirements().gpus()).isOne();
    assertThat(spec("{\"retries\":3}").retry().userMax()).isEqualTo(3);
    assertThat(spec("{\"requirements\":{\"memory_gb\":0.5}}").requirements().memoryMb())
        .isEqualTo(512);
  }

  @Test
  void hugeGridIsRefusedByArithmetic() {
    String hundred = IntStream.range(0, 100).mapToObj(i -> "" + i).collect(Collectors.joining(","));
    String axes =
        IntStream.range(0, 6)
            .mapToObj(i -> "\"a" + i + "\":[" + hundred + "]")
            .collect(Collectors.joining(","));

    Parsed parsed =
        read("{\"runner_command\":[\"x\"],\"type\":\"sweep\",\"sweep\":{\"grid\":{" + axes + "}}}");

    assertThat(((Parsed.Refused) parsed).code()).isEqualTo("fan-out-limit");
  }

  @Test
  void sweepsAndBenchmarksHaveAsManyTasksAsTheyHaveRuns() {
    assertThat(
            spec("{\"type\":\"sweep\",\"sweep\":{\"grid\":{\"a\":[1,2,3],\"o\":{\"b\":[1,2],\"c\":[0]}}}}")
                .taskCount())
        .isEqualTo(6);
    assertThat(
            spec("{\"type\":\"sweep\",\"sweep\":{\"random\":{\"a\":{\"uniform\":[0,1]}},\"samples\":7}}")
                .taskCount())
        .isEqualTo(7);
    assertThat(
            spec("{\"type\":\"benchmark\",\"strategies\":{\"x\":{},\"y\":{}},\"inputs\":[{},{},{}],"
                    + "\"repeats\":4,\"metric\":\"m\",\"direction\":\"min\"}")
                .taskCount())
        .isEqualTo(24);
  }

  @Test
  void fieldThatIsSplitLeavesTheBasePayload() {
    Submission submission =
        accepted(
            "{\"fan_out\":{\"by\":\"m\"},\"payload\":{ \"a\" : 1.0,\"m\":[ \"x\" ,{\"y\": 2}], \"b\":null}}");

    assertThat(submission.spec().payload()).isEqualTo("{\"a\" : 1.0,\"b\":null}");
    assertThat(submission.shownPayload())
        .isEqualTo("{ \"a\" : 1.0,\"m\":[ \"x\" ,{\"y\": 2}], \"b\":null}");
    assertThat(submission.spec().taskCount()).isEqualTo(2);
  }

  @Test
  void gangHasAllTasksAndWorkersAsItAsksFor() {
    String three = "\"fan_out\":{\"items\":[{},{},{}]}";

    assertThat(spec("{" + three + "}").gang()).isNull();
    assertThat(spec("{" + three + ",\"gang\":{}}").gang()).isEqualTo(new Gang(3, 0, false));
    assertThat(spec("{" + three + ",\"gang\":{\"size\":1}}").gang())
        .isEqualTo(new Gang(1, 0, false));
    assertThat(spec("{" + three + ",\"gang\":{\"workers\":3}}").gang())
        .isEqualTo(new Gang(3, 0, true));
    String auto = ",\"gang\":{\"workers\":2,\"auto_select_workers\":true}}";
    assertThat(spec("{" + three + auto).gang()).isEqualTo(new Gang(3, 0, true));
  }

  @Test
  void federatedTrainingHasATaskForEachShardAndAnAverageInEveryRound() {
    String training = "{\"learning_rate\": 0.50, \"extra\":{\"a\":[1]}}";
    String shards = "[{\"data\":\"a\"},{\"_artifacts\":{\"download\":[]}},{}]";
    String body =
        "{\"type\":\"federated\",\"project\":\"p\",\"federated\":{\"rounds\":4,\"shards\":"
            + shards
            + ",\"training\":"
            + training
            + ",\"workers\":2}}";

    JobSpec spec = ((Parsed.Accepted) read(body)).submission().spec();

    assertThat(spec.taskCount()).isEqualTo(16);
    assertThat(spec.runnerCommand()).containsExactly("muster:federated");
    assertThat(spec.federated())
        .isEqualTo(
            new Federated(
                List.of("{\"data\":\"a\"}", "{\"_artifacts\":{\"download\":[]}}", "{}"),
                4,
                training,
                2,
                false));
    // Told by the planner, so that the job shows what happened (S0-19).
    assertThat(Objects.requireNonNull(spec.federated()).mismatched()).isTrue();
  }

  @Test
  void batchesRoundUp() {
    String fiveItems = "\"fan_out\":{\"items\":[{},{},{},{},{}]}";

    assertThat(spec("{" + fiveItems + ",\"batch_size\":2}").taskCount()).isEqualTo(3);
    assertThat(spec("{" + fiveItems + ",\"batch_per_task\":9}").batchSize()).isEqualTo(5);
  }

  @Test
  void partsHoldEveryItemOnceInOrderAndWholeTasks() {
    Seeds.forEach(
        30,
        random -> {
          int count = random.nextInt(1, 3_000);
          int batch = random.nextInt(1, 20);
          List<String> items =
              IntStream.range(0, count)
                  .mapToObj(
                      i -> "{\"i\":" + i + ",\"é\":\"" + "x".repeat(random.nextInt(200)) + "\"}")
                  .toList();
          String body =
              "{\"runner_command\":[\"x\"],\"batch_size\":"
                  + batch
                  + ",\"fan_out\":{\"items\":["
                  + items.stream().collect(Collectors.joining(" ,\n"))
                  + "]}}";
          RequestBody source = RequestBody.of(body);
          List<String> seen = new ArrayList<>();

          ((Parsed.Accepted)
                  JobReader.read("t", JsonBody.read(source, BodyShape.JOB).root(), source))
              .submission()
              .parts(
                  source,
                  part -> {
                    assertThat(part.firstItem()).isEqualTo(seen.size());
                    assertThat(part.firstItem() % Math.min(batch, count)).isZero();
                    seen.addAll(part.items());
                  });

          assertThat(seen).isEqualTo(items);
        });
  }

  @Test
  void whiteSpaceDoesNotChangeTheFingerprint() {
    byte[] one = fingerprint("{\"a\":[1,\"x\",null],\"meta\":{\"b\":{}}}");

    assertThat(fingerprint(" { \"a\" : [ 1 ,\n\"x\", null ], \"meta\":{ \"b\" : {} } } "))
        .isEqualTo(one);
    assertThat(fingerprint("{\"a\":[1,\"x\",null],\"meta\":{\"b\":[]}}")).isNotEqualTo(one);
    assertThat(fingerprint("{\"a\":[1,\"x\"],\"meta\":{\"b\":{}}}")).isNotEqualTo(one);
  }

  @Test
  void mutatedBodiesAreReadOrRefusedAndNothingElse() {
    String valid =
        "{\"runner_command\":[\"x\"],\"payload\":{\"a\":[1,2.5,\"é\"]},\"fan_out\":{\"by\":\"a\"},"
            + "\"tags\":[\"t\"],\"meta\":{\"k\":{}},\"requirements\":{\"gpus\":1},\"retries\":2}";
    String alphabet = "{}[]\":,0123456789eE.-+tfnaé\\u \n";
    Seeds.forEach(
        20_000,
        random -> {
          StringBuilder text = new StringBuilder(valid);
          for (int i = random.nextInt(1, 4); i > 0; i--) {
            int place = random.nextInt(text.length());
            switch (random.nextInt(3)) {
              case 0 -> text.deleteCharAt(place);
              case 1 -> text.insert(place, alphabet.charAt(random.nextInt(alphabet.length())));
              default -> text.setCharAt(place, alphabet.charAt(random.nextInt(alphabet.length())));
            }
          }
          try {
            assertThat(read(text.toString())).isNotNull();
          } catch (ProblemException refused) {
            assertThat(refused.problem().status()).isBetween(400, 499);
          }
        });
  }

  private static byte[] fingerprint(String body) {
    return JsonBody.read(RequestBody.of(body), BodyShape.JOB).fingerprint();
  }

  private static JobSpec spec(String body) {
    return accepted(body).spec();
  }

  private static Submission accepted(String body) {
    String whole =
        body.equals("{}")
            ? "{\"runner_command\":[\"x\"]}"
            : body.replaceFirst("\\{", "{\"runner_command\":[\"x\"],");
    Parsed parsed = read(whole);
    assertThat(parsed).as(parsed.toString()).isInstanceOf(Parsed.Accepted.class);
    return ((Parsed.Accepted) parsed).submission();
  }

  private static Parsed read(String body) {
    RequestBody source = RequestBody.of(body);
    return JobReader.read("t", JsonBody.read(source, BodyShape.JOB).root(), source);
  }
}
