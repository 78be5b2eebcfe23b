package dev.muster.gateway.shell.auth;

import dev.muster.gateway.key.ApiKey;
import dev.muster.gateway.shell.config.GatewayConfig;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.kit.DatabaseUnavailableException;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/** Makes the first tenant and the first key of an empty installation. */
@ApplicationScoped
public class Bootstrap {
  private static final Logger LOG = Logger.getLogger(Bootstrap.class);
  private static final Duration ANSWER_MAX = Duration.ofSeconds(20);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final KeyRepository repository;
  private final Secrets secrets;
  private final GatewayConfig config;
  private volatile boolean done;

  Bootstrap(KeyRepository repository, Secrets secrets, GatewayConfig config) {
    this.repository = repository;
    this.secrets = secrets;
    this.config = config;
  }

  /** Whether the first key is there, or none was asked for. */
  public boolean isDone() {
    return done;
  }

  /** Runs until it is done; the start of the gateway does not wait for it, its readiness does. */
  public void run() {
    if (config.bootstrapKeyFile().isEmpty()) {
      done = true;
      return;
    }
    Path file = config.bootstrapKeyFile().get();
    while (!done && !Thread.currentThread().isInterrupted()) {
      try {
        ApiKey key = ApiKey.of(Secrets.letters(ApiKey.RANDOM_CHARACTERS));
        // The file comes first: a crash in between leaves a key that opens nothing, and the next
        // start makes another. The other order could lose the only key.
        KeyVerifier.await(
            ANSWER_MAX,
            () ->
                repository.bootstrap(key, secrets, first -> Secrets.write(file, first.written())));
        done = true;
      } catch (DatabaseUnavailableException e) {
        LOG.debugf("Expected to look for tenants, but %s; next try in 250 ms", e.getMessage());
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }
}
