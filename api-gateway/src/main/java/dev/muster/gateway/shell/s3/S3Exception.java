package dev.muster.gateway.shell.s3;

import dev.muster.gateway.s3.S3Error;

/** Ends a request with an error that S3 clients know. */
public final class S3Exception extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final S3Error error;

  S3Exception(S3Error error) {
    super(error.message(), null, false, false);
    this.error = error;
  }

  S3Error error() {
    return error;
  }
}
