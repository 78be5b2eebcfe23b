package dev.muster.contracts.task;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.muster.contracts.id.AttemptRef;

/**
 * What a worker says on {@code muster.task.progress} about running attempts: best effort, gaps are
 * visible from the offsets.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ProgressEvent.OutputWritten.class, name = "output_written"),
  @JsonSubTypes.Type(value = ProgressEvent.ProgressReported.class, name = "progress_reported")
})
public sealed interface ProgressEvent {
  /** The attempt it is about. */
  AttemptRef attempt();

  /**
   * The command wrote something.
   *
   * @param attempt the attempt
   * @param stream where
   * @param offset bytes the attempt had written to both streams before this piece; a jump is a gap
   * @param bytes length of this piece as the command wrote it
   * @param text the piece as UTF-8 text, split on character boundaries, broken bytes replaced
   */
  record OutputWritten(AttemptRef attempt, Stream stream, long offset, int bytes, String text)
      implements ProgressEvent {}

  /**
   * The command printed a progress line (S2-22).
   *
   * @param attempt the attempt
   * @param document the JSON object of the line
   */
  record ProgressReported(AttemptRef attempt, String document) implements ProgressEvent {}

  /** The two output streams of a command. */
  enum Stream {
    STDOUT,
    STDERR
  }
}
