package dev.muster.stack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;

/**
 * The platform's database: one schema and one role per service. The role owns its schema; what
 * others may read is granted by the service's own migrations.
 */
public final class Schemas {
  private Schemas() {}

  /**
   * A service's schema.
   *
   * @param name name of the schema
   * @param migrations folder of its Flyway migrations
   */
  public record Schema(String name, Path migrations) {
    /** The role that owns it, and as which its service logs in. */
    public String role() {
      return "muster_" + name;
    }
  }

  /** Schema and module of each service that has a database. */
  private static final List<List<String>> SERVICES =
      List.of(
          List.of("gateway", "api-gateway"),
          List.of("planner", "job-planner"),
          List.of("dispatcher", "task-dispatcher"),
          List.of("aggregator", "result-aggregator"));

  /**
   * The schemas of all services.
   *
   * @param repository root of the source tree; the migrations lie in its modules
   */
  public static List<Schema> of(Path repository) {
    return SERVICES.stream()
        .map(s -> new Schema(s.get(0), repository.resolve(migrations(s.get(1), s.get(0)))))
        .toList();
  }

  private static String migrations(String module, String schema) {
    return "%s/src/main/resources/db/%s".formatted(module, schema);
  }

  /**
   * Creates the database, the roles and the schemas where they do not exist, and then applies the
   * migrations that are missing. All roles exist before the first migration runs, since one may
   * grant to another.
   *
   * @throws SQLException when the database refuses
   */
  public static void migrate(PostgresAddress address, List<Schema> schemas) throws SQLException {
    try (Connection connection = connect(address, "postgres")) {
      if (!exists(connection, "pg_database", "datname", PostgresAddress.DATABASE)) {
        execute(connection, "CREATE DATABASE " + PostgresAddress.DATABASE);
      }
    }
    try (Connection connection = connect(address, PostgresAddress.DATABASE)) {
      for (Schema schema : schemas) {
        if (!exists(connection, "pg_roles", "rolname", schema.role())) {
          execute(connection, "CREATE ROLE " + schema.role() + " LOGIN");
        }
        // The password is made of hexadecimal digits, and the names are literals of this class.
        execute(
            connection,
            "ALTER ROLE %s PASSWORD '%s'"
                .formatted(schema.role(), address.passwordOf(schema.role())));
        execute(
            connection,
            "CREATE SCHEMA IF NOT EXISTS %s AUTHORIZATION %s"
                .formatted(schema.name(), schema.role()));
      }
    }
    applyAll(address, schemas.stream().filter(s -> Files.isDirectory(s.migrations())).toList());
  }

  private static void applyAll(PostgresAddress address, List<Schema> schemas) throws SQLException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> runs =
          schemas.stream()
              .map(schema -> threads.submit((Callable<Boolean>) () -> apply(address, schema)))
              .toList();
      for (Future<Boolean> run : runs) {
        run.get();
      }
    } catch (ExecutionException e) {
      throw new SQLException("Expected to migrate the schemas, but: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("Expected to migrate the schemas, but the wait was interrupted", e);
    }
  }

  private static boolean apply(PostgresAddress address, Schema schema) {
    return Flyway.configure(Schemas.class.getClassLoader())
        .dataSource(
            address.jdbcUrl(PostgresAddress.DATABASE),
            schema.role(),
            address.passwordOf(schema.role()))
        .locations("filesystem:" + schema.migrations().toAbsolutePath())
        .defaultSchema(schema.name())
        .schemas(schema.name())
        .createSchemas(false)
        // Numbers are given out by subject, so a lower one may come after a higher one.
        .outOfOrder(true)
        .load()
        .migrate()
        .success;
  }

  private static Connection connect(PostgresAddress address, String database) throws SQLException {
    return DriverManager.getConnection(
        address.jdbcUrl(database), address.superuser(), address.secret());
  }

  private static boolean exists(Connection connection, String table, String column, String name)
      throws SQLException {
    String sql = "SELECT 1 FROM %s WHERE %s = ?".formatted(table, column);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
