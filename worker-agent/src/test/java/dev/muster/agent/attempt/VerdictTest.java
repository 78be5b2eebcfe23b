package dev.muster.agent.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.agent.attempt.Verdict.Remains;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.AttemptEnd.Status;
import org.junit.jupiter.api.Test;

class VerdictTest {
  @Test
  void exitZeroWithAResultSucceeds() {
    AttemptEnd end =
        Verdict.of(new Remains(0, null, "said", 4, 7), new ResultReading.Valid("{\"a\":1}"));

    assertThat(end)
        .isEqualTo(new AttemptEnd(Status.SUCCEEDED, "{\"a\":1}", 0, null, null, null, null, 4, 7));
  }

  @Test
  void exitZeroWithoutAResultFails() {
    AttemptEnd end = Verdict.of(new Remains(0, null, "said", 4, 7), new ResultReading.Missing());

    assertThat(end.errorCode()).isEqualTo(ErrorCode.RESULT_MISSING);
    assertThat(end.outputTail()).isEqualTo("said");
  }

  @Test
  void nonZeroExitFailsWhateverTheResult() {
    AttemptEnd end = Verdict.of(new Remains(3, null, "", 0, 7), new ResultReading.Valid("{}"));

    assertThat(end.errorCode()).isEqualTo(ErrorCode.EXIT_NONZERO);
    assertThat(end.exitCode()).isEqualTo(3);
    assertThat(end.result()).isNull();
  }

  @Test
  void signalIsTold() {
    AttemptEnd end = Verdict.of(new Remains(null, 11, "", 0, 7), new ResultReading.Missing());

    assertThat(end.signal()).isEqualTo(11);
    assertThat(end.error()).contains("signal 11");
  }

  @Test
  void deviceMemoryShortageHasItsOwnCode() {
    String tail = "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 GiB.";

    AttemptEnd end = Verdict.of(new Remains(1, null, tail, 0, 7), new ResultReading.Missing());

    assertThat(end.errorCode()).isEqualTo(ErrorCode.CUDA_OOM);
  }

  @Test
  void failureThatTheCommandNamesIsTold() {
    NamedFailure named =
        NamedFailure.of("model_def_invalid", "model_def.py,\n line 3: bad").orElseThrow();

    AttemptEnd failed =
        Verdict.of(new Remains(1, null, "said", 4, 7), new ResultReading.Missing(), named);
    AttemptEnd succeeded =
        Verdict.of(new Remains(0, null, "said", 4, 7), new ResultReading.Valid("{}"), named);

    assertThat(failed.errorCode()).isEqualTo(ErrorCode.MODEL_DEF_INVALID);
    assertThat(failed.error()).isEqualTo("model_def.py, line 3: bad");
    assertThat(failed.outputTail()).isEqualTo("said");
    assertThat(succeeded.status()).isEqualTo(Status.SUCCEEDED);
  }

  @Test
  void commandCanNameOnlyWhatIsItsOwn() {
    assertThat(NamedFailure.of("worker_lost", "x")).isEmpty();
    assertThat(NamedFailure.of("internal", "x")).isEmpty();
    assertThat(NamedFailure.of("nonsense", "x")).isEmpty();
    assertThat(NamedFailure.of("input_invalid", " \u0000\n")).isEmpty();
    assertThat(NamedFailure.of("cuda_oom", "x".repeat(5_000)).orElseThrow().error())
        .hasSize(NamedFailure.ERROR_CHARS_MAX);
  }
}
