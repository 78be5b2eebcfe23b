package dev.muster.contracts.task;

/**
 * Says that tasks run together: from {@code first} on, each {@code size} consecutive tasks are a
 * gang. Its members get their leases in one decision or not at all, start and end together, and are
 * tried again together.
 *
 * @param size members of each gang, 1 to 256; the number of tasks is a multiple of it
 * @param first index of the first member of the first gang
 * @param apart whether each member gets a worker of its own, so that a gang has exactly as many
 *     workers as members (S0-19)
 */
public record Gang(int size, int first, boolean apart) {
  /** Most members of a gang: a gang is one decision and one transaction. */
  public static final int SIZE_MAX = 256;

  public Gang {
    if (size < 1 || size > SIZE_MAX || first < 0) {
      throw new IllegalArgumentException(
          "Expected 1 to "
              + SIZE_MAX
              + " members from index 0 on, but got "
              + size
              + " from "
              + first);
    }
  }

  /** Index of the first member of the gang that a task is in. */
  public int start(int index) {
    return first + Math.floorDiv(index - first, size) * size;
  }

  /** The task's place in its gang, from 0. */
  public int rank(int index) {
    return index - start(index);
  }
}
