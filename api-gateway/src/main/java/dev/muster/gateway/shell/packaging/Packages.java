package dev.muster.gateway.shell.packaging;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.packaging.ResultPackage;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.retention.DeletionRepository;
import dev.muster.gateway.shell.retention.ResultDeletions;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.kit.Database;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * Packages of jobs that have ended. Each is built once: whoever commits its row first has built it,
 * and from then on everybody gets those bytes. A build that a crash ends leaves loose files, which
 * are collected, and is begun anew.
 */
@Singleton
public class Packages {
  private static final Logger LOG = Logger.getLogger(Packages.class);

  private final Database database;
  private final JobRepository jobs;
  private final Blobs blobs;
  private final PackageBuilder builder;
  private final SigningKeys keys;
  private final PackageConfig config;
  private final Semaphore room;
  private final Timer time;

  /** Builds of this gateway that are under way, so that ten requests do not build ten times. */
  private final ConcurrentMap<JobId, CompletableFuture<ResultPackage>> underWay =
      new ConcurrentHashMap<>();

  Packages(
      Database database,
      JobRepository jobs,
      Blobs blobs,
      PackageBuilder builder,
      SigningKeys keys,
      PackageConfig config,
      MeterRegistry metrics) {
    this.database = database;
    this.jobs = jobs;
    this.blobs = blobs;
    this.builder = builder;
    this.keys = keys;
    this.config = config;
    this.room = new Semaphore(config.buildsMax());
    this.time = metrics.timer("package_build_seconds");
  }

  /**
   * The package of a job that has ended, built if there is none.
   *
   * @param waitMax how long to wait for it
   * @return empty when it is still being built
   */
  public Optional<ResultPackage> of(String tenant, JobRepository.Found job, Duration waitMax) {
    JobId id = job.stored().id();
    Optional<ResultPackage> there =
        database.transaction(tx -> PackageRepository.find(tx, tenant, id));
    if (there.isPresent()) {
      return there;
    }
    CompletableFuture<ResultPackage> build =
        underWay.computeIfAbsent(
            id,
            _ -> {
              CompletableFuture<ResultPackage> begun = new CompletableFuture<>();
              Thread.ofVirtual().name("package-" + id).start(() -> run(tenant, id, begun));
              return begun;
            });
    try {
      return Optional.of(build.get(waitMax.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private void run(String tenant, JobId id, CompletableFuture<ResultPackage> begun) {
    try {
      room.acquire();
      try {
        begun.complete(Objects.requireNonNull(time.record(() -> build(tenant, id))));
      } finally {
        room.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      begun.cancel(false);
    } catch (RuntimeException e) {
      LOG.warnf(e, "Expected to build the package of %s, but it failed; next time", id);
      begun.completeExceptionally(e);
    } finally {
      underWay.remove(id, begun);
    }
  }

  private ResultPackage build(String tenant, JobId id) {
    JobRepository.Found job =
        jobs.find(tenant, id)
            .orElseThrow(() -> new IllegalStateException("Expected a job, but it is gone"));
    settle(Objects.requireNonNull(job.facts().times().ended()));
    PackageBuilder.Built built = builder.build(tenant, job);
    return database.transaction(tx -> {
      DeletionRepository.lock(tx, id);
      if (DeletionRepository.find(tx, id).isPresent()) {
        throw ResultDeletions.gone();
      }
      if (PackageRepository.add(tx, tenant, id, built)) {
        keys.publish(tx);
        blobs.keep(tx, tenant, built.archive(), ResultPackage.owner(id));
        blobs.keep(tx, tenant, built.manifest(), ResultPackage.owner(id));
        PackageRepository.done(tx, id);
      }
      // Otherwise another gateway was first; what was staged here is collected.
      return PackageRepository.find(tx, tenant, id).orElseThrow();
    });
  }

  /** What the commands wrote last is told on a channel of its own, and may come a little later. */
  private void settle(Instant ended) {
    Instant ready = ended.plus(config.settle());
    Duration left = Duration.between(database.transaction(tx -> tx.now()), ready);
    long until = System.nanoTime() + Math.min(left.toNanos(), config.settle().toNanos());
    while (System.nanoTime() < until && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(until - System.nanoTime());
    }
  }
}
