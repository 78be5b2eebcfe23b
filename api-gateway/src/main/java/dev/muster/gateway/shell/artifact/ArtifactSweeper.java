package dev.muster.gateway.shell.artifact;

import dev.muster.gateway.artifact.Artifact;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.config.StoreConfig;
import dev.muster.kit.Chore;
import dev.muster.kit.Database;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
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
  private final Chore chore;

  ArtifactSweeper(Database database, Blobs blobs, StoreConfig config) {
    this.database = database;
    this.blobs = blobs;
    this.chore =
        new Chore("artifact-sweeper", "settle artifacts", config.collectEvery(), this::sweep);
  }

  void start(@Observes StartupEvent event) {
    chore.start();
  }

  void stop(@Observes ShutdownEvent event) {
    chore.close();
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
    } while (changed == BATCH_MAX && chore.isRunning());
    while (database.transaction(tx -> UploadRows.dropExpired(tx, BATCH_MAX)) == BATCH_MAX
        && chore.isRunning()) {
      LOG.trace("more uploads have expired");
    }
  }
}
