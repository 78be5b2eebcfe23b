package dev.muster.gateway.submission;

/** Where the elements of an array lie in the body. */
public final class Elements {
  /** No elements. */
  public static final Elements NONE = new Elements(new int[0], 0, -1);

  private final int[] bounds;
  private final int count;
  private final int firstOther;

  /**
   * @param bounds start and end of each element, up to {@link Limits#LISTED_ITEMS_MAX} of them;
   *     handed over, never changed again
   * @param count how many elements there are, those beyond the limit included
   * @param firstOther the place of the first element that is no object, or -1
   */
  public Elements(int[] bounds, int count, int firstOther) {
    this.bounds = bounds;
    this.count = count;
    this.firstOther = firstOther;
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  /** The place of the first element that is no object, or -1. */
  public int firstOther() {
    return firstOther;
  }

  /** Length of an element in bytes. */
  public int bytes(int element) {
    return bounds[2 * element + 1] - bounds[2 * element];
  }

  /** The element's text, byte for byte. */
  public String text(Source source, int element) {
    return source.slice(bounds[2 * element], bounds[2 * element + 1]);
  }
}
