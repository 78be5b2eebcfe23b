package dev.muster.gateway.shell.bucket;

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
 * Does what nobody waits for: deletions whose gateway has died, promises of buckets that nobody
 * looks at, and uploads whose time is over.
 */
@ApplicationScoped
public class BucketSweeper {
  private static final Logger LOG = Logger.getLogger(BucketSweeper.class);
  private static final int BATCH_MAX = 200;

  private final Database database;
  private final Blobs blobs;
  private final Deletions deletions;
  private final StoreConfig config;
  private final Chore chore;

  BucketSweeper(Database database, Blobs blobs, Deletions deletions, StoreConfig config) {
    this.database = database;
    this.blobs = blobs;
    this.deletions = deletions;
    this.config = config;
    this.chore = new Chore("bucket-sweeper", "sweep buckets", config.collectEvery(), this::sweep);
  }

  void start(@Observes StartupEvent event) {
    chore.start();
  }

  void stop(@Observes ShutdownEvent event) {
    chore.close();
  }

  /** Does all there is to do. */
  public void sweep() {
    for (String id : deletions.open(BATCH_MAX)) {
      while (chore.isRunning() && deletions.step(id)) {
        LOG.tracef("deletion %s goes on", id);
      }
    }
    deletions.forgetOld();
    List<String> tenants = database.transaction(tx -> Promises.tenants(tx, BATCH_MAX));
    for (String tenant : tenants) {
      database.transaction(tx -> {
        Promises.settle(tx, blobs, tenant, config.bucketBytesMax());
        return tenant;
      });
    }
    while (database.transaction(tx -> ObjectUploadRows.dropExpired(tx, BATCH_MAX)) == BATCH_MAX
        && chore.isRunning()) {
      LOG.trace("more uploads have expired");
    }
  }
}
