package dev.muster.gateway.shell.blob;

import java.io.IOException;

/** The store cannot do what it was asked; the same request may work later. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final boolean full;

  StoreException(String message, IOException cause) {
    super(message, cause);
    this.full = isFull(cause);
  }

  /** Whether it has no room left. */
  public boolean isFull() {
    return full;
  }

  /** Java has no type for it, only the system's words (ENOSPC, EDQUOT). */
  private static boolean isFull(IOException cause) {
    String message = String.valueOf(cause.getMessage());
    return message.contains("No space left") || message.contains("quota exceeded");
  }
}
