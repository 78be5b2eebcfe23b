package dev.muster.kit;

/**
 * The database did not answer, or asked to come again. What was sent may or may not have happened.
 */
public final class DatabaseUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DatabaseUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
