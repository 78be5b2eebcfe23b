package dev.muster.gateway.shell;

import dev.muster.gateway.key.ApiKey;
import dev.muster.stack.PostgresAddress;
import dev.muster.testkit.Infrastructure;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.postgresql.Driver;

/** What a {@link GatewayProcess} keeps, read and written behind its back. */
final class GatewayRows {
  private static final SecureRandom RANDOM = new SecureRandom();

  private GatewayRows() {}

  /** Makes a tenant unless it is there. */
  static void tenant(String id) throws SQLException {
    update("INSERT INTO gateway.tenant VALUES (?, 'x', false, now()) ON CONFLICT DO NOTHING", id);
  }

  /** Makes a key that does not end. */
  static String key(String tenant, String scopes) throws SQLException {
    return key(tenant, scopes, "null");
  }

  /**
   * Makes a key.
   *
   * @param ends an SQL expression
   */
  static String key(String tenant, String scopes, String ends) throws SQLException {
    tenant(tenant);
    ApiKey key = ApiKey.of(RANDOM.ints(ApiKey.RANDOM_CHARACTERS, 0, 62).toArray());
    try (Connection connection = connect("muster_gateway");
        PreparedStatement statement =
            connection.prepareStatement(
                "INSERT INTO gateway.api_key VALUES (?, ?, 'test', ?, ?, ?, ?, now(), "
                    + ends
                    + ", null)")) {
      statement.setString(1, key.id());
      statement.setString(2, tenant);
      statement.setBytes(3, mac(key.secret()));
      statement.setString(4, key.prefix());
      statement.setString(5, key.lastFour());
      statement.setString(6, scopes);
      statement.executeUpdate();
    }
    return key.written();
  }

  static int update(String sql, String... arguments) throws SQLException {
    return updateAs("muster_gateway", sql, arguments);
  }

  /** Changes what another service owns, as that service. */
  static int updateAs(String role, String sql, String... arguments) throws SQLException {
    try (Connection connection = connect(role);
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setString(i + 1, arguments[i]);
      }
      return statement.executeUpdate();
    }
  }

  /** The first column of the first row. */
  static String text(String sql, String... arguments) throws SQLException {
    try (Connection connection = connect("muster_gateway");
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setString(i + 1, arguments[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return String.valueOf(rows.getString(1));
      }
    }
  }

  private static Connection connect(String role) throws SQLException {
    PostgresAddress address = Infrastructure.shared().postgres();
    // Not by DriverManager: the loader of a @QuarkusTest may have been there before.
    Properties login = new Properties();
    login.setProperty("user", role);
    login.setProperty("password", address.passwordOf(role));
    return Objects.requireNonNull(
        new Driver().connect(address.jdbcUrl(PostgresAddress.DATABASE), login));
  }

  private static byte[] mac(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(
          new SecretKeySpec(GatewayProcess.PEPPER.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
