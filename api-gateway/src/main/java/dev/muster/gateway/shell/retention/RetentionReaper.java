package dev.muster.gateway.shell.retention;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.SubmissionEvent.ResultsDeleted;
import dev.muster.gateway.artifact.Artifact;
import dev.muster.gateway.packaging.ResultPackage;
import dev.muster.gateway.shell.artifact.ArtifactRepository;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.kit.Chore;
import dev.muster.kit.Database;
import dev.muster.kit.OutboxRelay;
import dev.muster.kit.Tx;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Deletes what nobody may have any more, one small transaction at a time. Each leaves a state from
 * which the next one goes on, here or in another gateway, so a crash between any two loses nothing
 * and does nothing twice. Bytes are given back to the store, which keeps them for as long as
 * somebody else needs them.
 */
@ApplicationScoped
public class RetentionReaper {
  private static final Logger LOG = Logger.getLogger(RetentionReaper.class);
  private static final int JOBS_MAX = 500;
  private static final int FILES_MAX = 500;

  private final Database database;
  private final Blobs blobs;
  private final OutboxRelay relay;
  private final RetentionClock clock;
  private final Chore chore;

  RetentionReaper(
      Database database,
      Blobs blobs,
      OutboxRelay relay,
      RetentionClock clock,
      RetentionConfig config) {
    this.database = database;
    this.blobs = blobs;
    this.relay = relay;
    this.clock = clock;
    this.chore = new Chore("retention-reaper", "delete results", config.sweepEvery(), this::reap);
  }

  void start(@Observes StartupEvent event) {
    chore.start();
  }

  void stop(@Observes ShutdownEvent event) {
    chore.close();
  }

  /** There is something to do. */
  void wake() {
    chore.wake();
  }

  private void reap() {
    while (chore.isRunning() && step()) {
      LOG.trace("more results may be to be deleted");
    }
  }

  /** Does one transaction's worth; false when there was nothing to do. */
  public boolean step() {
    boolean expired =
        database.transaction(tx -> {
          List<JobId> jobs = DeletionRepository.expire(tx, clock.now(tx), JOBS_MAX);
          if (!jobs.isEmpty()) {
            ResultDeletions.announce(tx, jobs, ResultsDeleted.Reason.RETENTION, null);
          }
          return !jobs.isEmpty();
        });
    if (expired) {
      relay.wake();
      return true;
    }
    return database.transaction(this::giveBack);
  }

  /** Gives back some of the bytes of one job. */
  private boolean giveBack(Tx tx) {
    @Nullable JobId job = DeletionRepository.open(tx);
    if (job == null) {
      return false;
    }
    List<String> files = ArtifactRepository.dropOfJob(tx, job, FILES_MAX);
    blobs.release(tx, files.stream().map(Artifact::owner).toList());
    if (files.size() < FILES_MAX) {
      blobs.release(tx, List.of(ResultPackage.owner(job)));
      DeletionRepository.done(tx, job);
    }
    return true;
  }
}
