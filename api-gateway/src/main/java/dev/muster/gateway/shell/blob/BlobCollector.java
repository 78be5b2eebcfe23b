package dev.muster.gateway.shell.blob;

import dev.muster.gateway.blob.BlobId;
import dev.muster.gateway.shell.config.StoreConfig;
import dev.muster.kit.Database;
import dev.muster.kit.DatabaseUnavailableException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * Deletes what nobody needs: first the rows change, so that nobody can take the file again, then
 * the file goes, then its last row. A crash in between leaves a row that the next round finds.
 * Several gateways may collect at once; each skips what another has locked.
 */
public final class BlobCollector implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(BlobCollector.class);
  private static final int BATCH_MAX = 200;

  private final Database database;
  private final BlobStore store;
  private final StoreConfig config;
  private final Thread thread = Thread.ofVirtual().name("blob-collector").unstarted(this::run);
  private volatile boolean running = true;

  public BlobCollector(Database database, BlobStore store, StoreConfig config) {
    this.database = database;
    this.store = store;
    this.config = config;
  }

  /** Starts to look now and then. */
  public void start() {
    thread.start();
  }

  @Override
  public void close() {
    running = false;
    LockSupport.unpark(thread);
  }

  private void run() {
    while (running) {
      LockSupport.parkNanos(config.collectEvery().toNanos());
      if (running) {
        collectOrWait();
      }
    }
  }

  private void collectOrWait() {
    try {
      int deleted = collect();
      LOG.debugf("%d files that nobody needs are deleted", deleted);
    } catch (DatabaseUnavailableException e) {
      LOG.debugf("Expected to collect files, but %s; next time", e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("Expected to collect files, but it failed; next time", e);
    }
  }

  /**
   * Deletes all there is to delete.
   *
   * @return how many files
   */
  public int collect() {
    while (database.transaction(
            tx -> BlobRows.dropUnreferenced(tx, config.releasedAfter(), BATCH_MAX))
        == BATCH_MAX) {
      LOG.trace("more blobs are released");
    }
    int deleted = 0;
    List<BlobId> files;
    do {
      files = database.transaction(tx -> BlobRows.takeAbandoned(tx, BATCH_MAX));
      List<BlobId> gone = delete(files);
      if (!gone.isEmpty()) {
        database.transaction(tx -> {
          BlobRows.forget(tx, gone);
          return gone;
        });
      }
      deleted += gone.size();
      // What cannot be deleted stays for the next round; it must not keep this one busy.
      if (gone.size() < files.size()) {
        return deleted;
      }
    } while (files.size() == BATCH_MAX && running);
    return deleted;
  }

  private List<BlobId> delete(List<BlobId> files) {
    List<BlobId> gone = new ArrayList<>(files.size());
    for (BlobId file : files) {
      try {
        store.delete(file);
        gone.add(file);
      } catch (IOException e) {
        LOG.warnf("Expected to delete file %s, but %s; next time", file.value(), e.getMessage());
      }
    }
    return gone;
  }
}
