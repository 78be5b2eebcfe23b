package dev.muster.gateway.shell.stream;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.muster.gateway.shell.json.ApiJson;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Says that output, progress or changes of tasks are missing here. Changes of jobs never are.
 *
 * @param reason {@code reconnected}: what happened in between was not kept in this form; {@code
 *     slow-reader}: the reader did not keep up; {@code source}: the worker left something out
 * @param dropped how many events, where that is known
 * @param jobId the job, where one worker left something out
 * @param index the task
 * @param attempt its attempt
 * @param bytes how many bytes of output are missing
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record GapNote(
    String reason,
    @Nullable Long dropped,
    @Nullable String jobId,
    @Nullable Integer index,
    @Nullable Integer attempt,
    @Nullable Long bytes) {
  static Entry.Message reconnected() {
    return message(new GapNote("reconnected", null, null, null, null, null));
  }

  static Entry.Message slowReader(long dropped) {
    return message(new GapNote("slow-reader", dropped, null, null, null, null));
  }

  static Entry.Message source(String job, int index, int attempt, long bytes) {
    return message(new GapNote("source", null, job, index, attempt, bytes));
  }

  private static Entry.Message message(GapNote note) {
    return new Entry.Message("gap", ApiJson.text(note).getBytes(StandardCharsets.UTF_8));
  }
}
