package dev.muster.gateway.shell.packaging;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are asked for page by page, each page beginning behind the last row of the one before.
 */
final class Pages<T> implements Iterator<T> {
  private final Function<@Nullable T, List<T>> after;
  private List<T> page = List.of();
  private int next;
  private @Nullable T last;
  private boolean over;

  /**
   * @param after the page behind a row, the first one for null; empty when there is no more
   */
  Pages(Function<@Nullable T, List<T>> after) {
    this.after = after;
  }

  @Override
  public boolean hasNext() {
    if (next == page.size() && !over) {
      page = after.apply(last);
      next = 0;
      over = page.isEmpty();
      if (!over) {
        last = page.getLast();
      }
    }
    return next < page.size();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException("Expected another row, but there is none");
    }
    return page.get(next++);
  }
}
