package dev.muster.gateway.shell.artifact;

import dev.muster.gateway.artifact.Artifact;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.config.StoreConfig;
import dev.muster.kit.Database;
import dev.muster.kit.DatabaseUnavailableException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * Settles what attempts left: notes those that succeeded, deletes those that cannot succeed any
 * more, and ends uploads whose time is over. Nothing waits for it; it keeps queries short and the
 * store small.
 */
@ApplicationScoped
public class ArtifactSweeper {
  private static final Logger LOG = Logger.getLogger(ArtifactSweeper.class);
  private static final int BATCH_MAX = 500;

  private final Database database;
  private final Blobs blobs;
  private final StoreConfig config;
  private final Thread thread = Thread.ofVirtual().name("artifact-sweeper").unstarted(this::run);
  private volatile boolean running = true;

  ArtifactSweeper(Database database, Blobs blobs, StoreConfig config) {
    this.database = database;
    this.blobs = blobs;
    this.config = config;
  }

  void start(@Observes StartupEvent event) {
    thread.start();
  }

  void stop(@Observes ShutdownEvent event) {
    running = false;
    LockSupport.unpark(thread);
  }

  private void run() {
    while (running) {
      LockSupport.parkNanos(config.collectEvery().toNanos());
      if (!running) {
        return;
      }
      try {
        sweep();
      } catch (DatabaseUnavailableException e) {
        LOG.debugf("Expected to settle artifacts, but %s; next time", e.getMessage());
      } catch (RuntimeException e) {
        LOG.error("Expected to settle artifacts, but it failed; next time", e);
      }
    }
  }

  /** Settles all there is to settle. */
  public void sweep() {
    int changed;
    do {
      changed =
          database.transaction(tx -> {
            int kept = ArtifactRepository.keepSucceeded(tx, BATCH_MAX);
            List<String> lost = ArtifactRepository.dropLost(tx, BATCH_MAX);
            blobs.release(tx, lost.stream().map(Artifact::owner).toList());
            return Math.max(kept, lost.size());
          });
    } while (changed == BATCH_MAX && running);
    while (database.transaction(tx -> UploadRows.dropExpired(tx, BATCH_MAX)) == BATCH_MAX
        && running) {
      LOG.trace("more uploads have expired");
    }
  }
}
