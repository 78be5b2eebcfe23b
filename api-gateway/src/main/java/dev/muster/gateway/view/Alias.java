package dev.muster.gateway.view;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The name under which users see a worker: stable, and says nothing about the host. */
public final class Alias {
  private Alias() {}

  /** The alias of a worker, or null for none. */
  public static @Nullable String of(@Nullable String worker) {
    if (worker == null) {
      return null;
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(("muster-worker-alias:" + worker).getBytes(StandardCharsets.UTF_8));
      return "w-" + HexFormat.of().formatHex(hash, 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Expected SHA-256 in every Java, but it is missing", e);
    }
  }
}
