package dev.muster.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.Topic;
import dev.muster.stack.PostgresAddress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

class InfrastructureIT {
  @Test
  void brokerHasEveryTopic() throws Exception {
    Map<String, Object> config =
        Map.of("bootstrap.servers", Infrastructure.shared().bootstrapServers());

    try (Admin admin = Admin.create(config)) {
      assertThat(admin.listTopics().names().get())
          .containsAll(Topic.ALL.stream().map(Topic::name).toList());
    }
  }

  @Test
  void roleOfAServiceOwnsItsSchema() throws Exception {
    PostgresAddress postgres = Infrastructure.shared().postgres();
    String role = "muster_planner";

    try (Connection connection =
            DriverManager.getConnection(
                postgres.jdbcUrl(PostgresAddress.DATABASE), role, postgres.passwordOf(role));
        ResultSet rows =
            connection
                .createStatement()
                .executeQuery(
                    "SELECT has_schema_privilege('planner', 'CREATE'),"
                        + " has_schema_privilege('dispatcher', 'CREATE')")) {
      rows.next();
      assertThat(rows.getBoolean(1)).isTrue();
      assertThat(rows.getBoolean(2)).isFalse();
    }
  }
}
