package dev.muster.aggregator.output;

import org.jspecify.annotations.Nullable;

/**
 * What is kept of a task's output. The whole output, as far as it is kept, is head followed by
 * tail; they never overlap. Output and progress are each of the newest attempt that sent some, so
 * that a progress line takes away nothing of what the failed attempt before wrote (S2-32).
 *
 * @param attempt the attempt that wrote it
 * @param epoch its lease epoch; the newest wins
 * @param head the first {@link OutputMerge#HEAD_MAX} characters
 * @param tail the last {@link OutputMerge#TAIL_MAX} characters of what follows the head
 * @param headErrors which characters of the head were written to standard error, as {@link
 *     ErrorSpans} has it
 * @param tailErrors the same of the tail
 * @param cut characters left out between head and tail
 * @param bytes all that the attempt wrote so far, lost pieces included
 * @param gaps places where pieces were lost on the way
 * @param progress the newest progress document (S2-22), JSON text
 * @param progressEpoch the lease epoch of the attempt that sent it; 0 without one
 */
public record OutputState(
    int attempt,
    long epoch,
    String head,
    String tail,
    String headErrors,
    String tailErrors,
    long cut,
    long bytes,
    int gaps,
    @Nullable String progress,
    long progressEpoch) {
  /** Before anything was written. */
  public static final OutputState NONE = new OutputState(0, 0, "", "", "", "", 0, 0, 0, null, 0);

  /** The same progress, and nothing written yet by a newer attempt. */
  OutputState afresh(int newAttempt, long newEpoch) {
    return new OutputState(newAttempt, newEpoch, "", "", "", "", 0, 0, 0, progress, progressEpoch);
  }

  /** The same output with newer progress. */
  OutputState withProgress(String document, long ofEpoch) {
    return new OutputState(
        attempt, epoch, head, tail, headErrors, tailErrors, cut, bytes, gaps, document, ofEpoch);
  }
}
