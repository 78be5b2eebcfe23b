package dev.muster.aggregator.output;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.task.ProgressEvent;

/**
 * Merges what workers say of running attempts. Pieces come at least once and may be lost: a repeat
 * is known by its offset and dropped, a jump is counted and marked in the text. Output of an older
 * epoch changes nothing; the first byte of a newer one starts afresh. The same bytes give the same
 * text, however they were cut into pieces.
 */
public final class OutputMerge {
  /** Longest head in characters. */
  public static final int HEAD_MAX = 65_536;

  /** Longest tail in characters. */
  public static final int TAIL_MAX = 65_536;

  private OutputMerge() {}

  /** The output after an event; the same object when the event is a repeat or late. */
  public static OutputState merge(OutputState state, ProgressEvent event) {
    AttemptRef attempt = event.attempt();
    return switch (event) {
      case ProgressEvent.OutputWritten e -> {
        if (attempt.epoch() < state.epoch()) {
          yield state;
        }
        yield written(
            attempt.epoch() == state.epoch()
                ? state
                : state.afresh(attempt.attempt(), attempt.epoch()),
            e);
      }
      case ProgressEvent.ProgressReported e ->
          attempt.epoch() < state.progressEpoch()
              ? state
              : state.withProgress(storable(e.document()), attempt.epoch());
    };
  }

  private static OutputState written(OutputState state, ProgressEvent.OutputWritten piece) {
    long end = piece.offset() + piece.bytes();
    if (end <= state.bytes()) {
      return state;
    }
    long missing = piece.offset() - state.bytes();
    String text = storable(piece.text());
    if (missing > 0) {
      text = "\n[... " + missing + " bytes are missing ...]\n" + text;
    }
    int room = HEAD_MAX - state.head().length();
    // Once something went to the tail, the head is closed: their border must not move.
    int split =
        state.tail().isEmpty() ? boundary(text, Math.min(Math.max(room, 0), text.length())) : 0;
    String behind = state.tail() + text.substring(split);
    String tail = last(behind);
    boolean error = piece.stream() == ProgressEvent.Stream.STDERR;
    String tailErrors =
        error
            ? ErrorSpans.plus(state.tailErrors(), state.tail().length(), text.length() - split)
            : state.tailErrors();
    return new OutputState(
        state.attempt(),
        state.epoch(),
        split == 0 ? state.head() : state.head() + text.substring(0, split),
        tail,
        error
            ? ErrorSpans.plus(state.headErrors(), state.head().length(), split)
            : state.headErrors(),
        ErrorSpans.cut(tailErrors, behind.length() - tail.length()),
        state.cut() + behind.length() - tail.length(),
        end,
        state.gaps() + (missing > 0 ? 1 : 0),
        state.progress(),
        state.progressEpoch());
  }

  private static String last(String text) {
    if (text.length() <= TAIL_MAX) {
      return text;
    }
    int from = text.length() - TAIL_MAX;
    return text.substring(Character.isLowSurrogate(text.charAt(from)) ? from + 1 : from);
  }

  /** Moves a cut so that it does not part a surrogate pair. */
  private static int boundary(String text, int cut) {
    return cut > 0 && cut < text.length() && Character.isLowSurrogate(text.charAt(cut))
        ? cut - 1
        : cut;
  }

  /** PostgreSQL's text holds no NUL; programs do write it. */
  public static String storable(String text) {
    return text.indexOf('\0') < 0 ? text : text.replace('\0', '\uFFFD');
  }
}
