package dev.muster.gateway.shell.blob;

import dev.muster.gateway.blob.BlobId;
import dev.muster.gateway.shell.config.StoreConfig;
import dev.muster.kit.Chore;
import dev.muster.kit.Database;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
  private final Chore chore;

  public BlobCollector(Database database, BlobStore store, StoreConfig config) {
    this.database = database;
    this.store = store;
    this.config = config;
    this.chore =
        new Chore(
            "blob-collector",
            "collect files",
            config.collectEvery(),
            () -> LOG.debugf("%d files that nobody needs are deleted", collect()));
  }

  /** Starts to look now and then. */
  public void start() {
    chore.start();
  }

  @Override
  public void close() {
    chore.close();
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
    } while (files.size() == BATCH_MAX && chore.isRunning());
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
