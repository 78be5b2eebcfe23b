package dev.muster.aggregator.shell;

import dev.muster.contracts.id.JobId;
import dev.muster.stack.PostgresAddress;
import dev.muster.testkit.Infrastructure;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Looks into the service's tables as the gateway's role does. */
final class Tables implements AutoCloseable {
  private final Connection connection;

  private Tables(Connection connection) {
    this.connection = connection;
  }

  static Tables as(Infrastructure infrastructure, String role) throws SQLException {
    PostgresAddress postgres = infrastructure.postgres();
    return new Tables(
        DriverManager.getConnection(
            postgres.jdbcUrl(PostgresAddress.DATABASE), role, postgres.passwordOf(role)));
  }

  /** The job's row; empty when there is none. */
  Map<String, Object> job(JobId job) throws SQLException {
    List<Map<String, Object>> rows =
        rows("SELECT * FROM aggregator.job WHERE job_id = ?", job.value());
    return rows.isEmpty() ? Map.of() : rows.getFirst();
  }

  /** A column of the job's row as text. */
  String job(JobId job, String column) throws SQLException {
    return Objects.toString(job(job).get(column), "");
  }

  /** A column of one task's row as text. */
  String task(JobId job, int index, String column) throws SQLException {
    List<Map<String, Object>> rows =
        rows("SELECT * FROM aggregator.task WHERE job_id = ? AND index = ?", job.value(), index);
    return rows.isEmpty() ? "no row" : Objects.toString(rows.getFirst().get(column), "");
  }

  /** The output row of one task. */
  Map<String, Object> output(JobId job, int index) throws SQLException {
    List<Map<String, Object>> rows =
        rows(
            "SELECT * FROM aggregator.task_output WHERE job_id = ? AND index = ?",
            job.value(),
            index);
    return rows.isEmpty() ? Map.of() : rows.getFirst();
  }

  List<Map<String, Object>> rows(String sql, Object... arguments) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setObject(i + 1, arguments[i]);
      }
      try (ResultSet result = statement.executeQuery()) {
        List<Map<String, Object>> rows = new ArrayList<>();
        ResultSetMetaData meta = result.getMetaData();
        while (result.next()) {
          Map<String, Object> row = new LinkedHashMap<>();
          for (int column = 1; column <= meta.getColumnCount(); column++) {
            row.put(meta.getColumnLabel(column), result.getObject(column));
          }
          rows.add(row);
        }
        return rows;
      }
    }
  }

  void update(String sql, Object... arguments) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setObject(i + 1, arguments[i]);
      }
      statement.executeUpdate();
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
