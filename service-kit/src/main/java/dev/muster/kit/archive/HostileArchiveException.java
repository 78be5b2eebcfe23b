package dev.muster.kit.archive;

import java.io.IOException;

/** An archive that must not be unpacked; the message is one sentence for its owner. */
public final class HostileArchiveException extends IOException {
  private static final long serialVersionUID = 1L;

  HostileArchiveException(String message) {
    super(message);
  }
}
