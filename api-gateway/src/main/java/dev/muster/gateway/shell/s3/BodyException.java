package dev.muster.gateway.shell.s3;

import dev.muster.gateway.s3.S3Error;
import java.io.IOException;

/** A body that is not what its request says. */
final class BodyException extends IOException {
  private static final long serialVersionUID = 1L;
  private final S3Error error;

  BodyException(S3Error error) {
    super(error.message());
    this.error = error;
  }

  S3Error error() {
    return error;
  }
}
