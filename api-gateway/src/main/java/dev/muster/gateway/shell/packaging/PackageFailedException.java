package dev.muster.gateway.shell.packaging;

import org.jspecify.annotations.Nullable;

/** A package cannot be built now: the store does not give its bytes, or gives others. */
final class PackageFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PackageFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
