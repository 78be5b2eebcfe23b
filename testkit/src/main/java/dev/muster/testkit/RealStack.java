package dev.muster.testkit;

import dev.muster.stack.PostgresAddress;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives a {@code @QuarkusTest} the real broker and database:
 *
 * <pre>{@code
 * @QuarkusTestResource(value = RealStack.class,
 *     initArgs = @ResourceArg(name = "schema", value = "planner"))
 * }</pre>
 *
 * With an argument {@code schema} the service logs in as that schema's role; without one it gets
 * the broker only.
 */
public final class RealStack implements QuarkusTestResourceLifecycleManager {
  private @Nullable String schema;

  @Override
  public void init(Map<String, String> initArgs) {
    schema = initArgs.get("schema");
  }

  @Override
  public Map<String, String> start() {
    return config(Infrastructure.shared(), schema);
  }

  /** Quarkus configuration of a service, for tests that start one themselves. */
  public static Map<String, String> config(Infrastructure infrastructure, @Nullable String schema) {
    Map<String, String> config = new HashMap<>();
    config.put("kafka.bootstrap.servers", infrastructure.bootstrapServers());
    if (schema != null) {
      PostgresAddress postgres = infrastructure.postgres();
      String role = "muster_" + schema;
      config.put("quarkus.datasource.reactive.url", postgres.reactiveUrl());
      config.put("quarkus.datasource.username", role);
      config.put("quarkus.datasource.password", postgres.passwordOf(role));
    }
    return config;
  }

  @Override
  public void stop() {
    // Shared by all tests of this JVM, and ended with it.
  }
}
