package dev.muster.gateway.submission;

/**
 * One thing that is wrong with a request.
 *
 * @param pointer JSON pointer to it, empty for the whole body
 * @param code which rule, in short
 * @param detail one sentence; repeats nothing of the request but names
 */
public record FieldError(String pointer, String code, String detail) {
  /** The pointer of a member. */
  static String at(String pointer, String name) {
    return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
  }
}
