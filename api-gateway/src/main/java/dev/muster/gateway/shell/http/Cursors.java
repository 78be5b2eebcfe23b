package dev.muster.gateway.shell.http;

import dev.muster.gateway.shell.config.Secrets;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Cursors of paged lists: where the next page begins, authenticated and bound to the tenant, the
 * list and its filters, so that nobody can make one or use another's.
 */
@Singleton
public class Cursors {
  private static final int MAC_BYTES = 16;

  private final Secrets secrets;

  Cursors(Secrets secrets) {
    this.secrets = secrets;
  }

  /** A cursor for this position. */
  public String write(String tenant, String list, String position) {
    byte[] text = position.getBytes(StandardCharsets.UTF_8);
    byte[] cursor = Arrays.copyOf(mac(tenant, list, position), MAC_BYTES + text.length);
    System.arraycopy(text, 0, cursor, MAC_BYTES, text.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(cursor);
  }

  /**
   * The position, or null without a cursor.
   *
   * @throws ProblemException when it is no cursor of this tenant and list
   */
  public @Nullable String read(String tenant, String list, @Nullable String cursor) {
    if (cursor == null) {
      return null;
    }
    byte[] bytes = decode(cursor);
    if (bytes.length > MAC_BYTES) {
      String position =
          new String(bytes, MAC_BYTES, bytes.length - MAC_BYTES, StandardCharsets.UTF_8);
      if (MessageDigest.isEqual(Arrays.copyOf(bytes, MAC_BYTES), mac(tenant, list, position))) {
        return position;
      }
    }
    throw new ProblemException(
        ProblemKind.CURSOR, "Expected the next_cursor of this list with these filters");
  }

  /** A cursor whose position is the index of the next task. */
  String writeIndex(String tenant, String list, int index) {
    return write(tenant, list, Integer.toString(index));
  }

  /** The index of the next task; 0 without a cursor. */
  int readIndex(String tenant, String list, @Nullable String cursor) {
    String position = read(tenant, list, cursor);
    return position == null ? 0 : Integer.parseInt(position);
  }

  private static byte[] decode(String cursor) {
    try {
      return Base64.getUrlDecoder().decode(cursor);
    } catch (IllegalArgumentException e) {
      return new byte[0]; // no cursor: refused by the caller
    }
  }

  private byte[] mac(String tenant, String list, String position) {
    return Arrays.copyOf(
        secrets.mac("cursor\n" + tenant + "\n" + list + "\n" + position), MAC_BYTES);
  }
}
