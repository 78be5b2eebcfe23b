package dev.muster.consumer;

/**
 * Something that a consumer got wrong.
 *
 * @param trial in which trial
 * @param job of which job
 * @param detail one sentence: what was expected, and what was there
 */
public record Finding(Trial trial, String job, String detail) {
  @Override
  public String toString() {
    return trial + ", job " + job + ": " + detail;
  }
}
