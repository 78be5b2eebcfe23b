package dev.muster.agent.attempt;

import dev.muster.contracts.job.ErrorCode;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A failure as the command itself names it in the file at {@code MUSTER_TASK_ERROR}, so that its
 * owner learns more than an exit code. Only codes about what the owner gave can be named.
 *
 * @param code one of {@link #CODES}
 * @param error one sentence, at most {@link #ERROR_CHARS_MAX} characters
 */
public record NamedFailure(ErrorCode code, String error) {
  /** What a command can say of itself; the other codes are the platform's to find. */
  public static final Set<ErrorCode> CODES =
      EnumSet.of(
          ErrorCode.INPUT_INVALID,
          ErrorCode.CUDA_OOM,
          ErrorCode.MODEL_DEF_MISSING,
          ErrorCode.MODEL_DEF_INVALID);

  /** Most characters of the sentence; what is longer is cut. */
  public static final int ERROR_CHARS_MAX = 2_000;

  /** The failure, or nothing when the word is not one that a command can say. */
  public static Optional<NamedFailure> of(String word, String error) {
    String plain = error.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    String cut = plain.length() <= ERROR_CHARS_MAX ? plain : plain.substring(0, ERROR_CHARS_MAX);
    return Arrays.stream(ErrorCode.values())
        .filter(code -> CODES.contains(code) && code.word().equals(word) && !cut.isEmpty())
        .findFirst()
        .map(code -> new NamedFailure(code, cut));
  }
}
