package dev.muster.gateway.shell.http;

import dev.muster.gateway.submission.Elements;
import dev.muster.gateway.submission.Limits;
import java.util.Arrays;

/** Collects where the elements of an array lie while the body is read. */
final class ElementsNote {
  private int[] bounds = new int[0];
  private int count;
  private int firstOther = -1;

  /**
   * Adds the next element. Beyond {@link Limits#LISTED_ITEMS_MAX} they are only counted.
   *
   * @param start its first byte
   * @param end the byte after its last
   * @param isObject whether it is an object
   */
  void add(int start, int end, boolean isObject) {
    if (count < Limits.LISTED_ITEMS_MAX) {
      if (bounds.length < 2 * (count + 1)) {
        bounds = Arrays.copyOf(bounds, Math.max(16, bounds.length * 2));
      }
      bounds[2 * count] = start;
      bounds[2 * count + 1] = end;
    }
    if (!isObject && firstOther < 0) {
      firstOther = count;
    }
    count++;
  }

  Elements done() {
    return count == 0 ? Elements.NONE : new Elements(bounds, count, firstOther);
  }
}
