package dev.muster.stack;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Where a PostgreSQL is and how one gets in.
 *
 * @param host its host
 * @param port its TCP port
 * @param superuser a role that may create roles and databases
 * @param secret the superuser's password; the roles' passwords are derived from it
 */
public record PostgresAddress(String host, int port, String superuser, String secret) {
  /** The platform's database. */
  public static final String DATABASE = "muster";

  /** The URL for the reactive client of the services. */
  public String reactiveUrl() {
    return "postgresql://%s:%d/%s".formatted(host, port, DATABASE);
  }

  /** A JDBC URL. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://%s:%d/%s?connectTimeout=5&loginTimeout=10"
        .formatted(host, port, database);
  }

  /** The password of a role, so that no service can log in as another one. */
  public String passwordOf(String role) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] sum = digest.digest((secret + ":" + role).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sum, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return "PostgreSQL at %s:%d".formatted(host, port);
  }
}
