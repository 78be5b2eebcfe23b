package dev.muster.gateway.shell.packaging;

import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.kit.Database;
import dev.muster.kit.DatabaseUnavailableException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/** Builds the packages of jobs with files when they have ended, so that nobody waits for them. */
@ApplicationScoped
public class PackageLoop {
  private static final Logger LOG = Logger.getLogger(PackageLoop.class);
  private static final Duration BUILD_MAX = Duration.ofHours(1);

  private final Database database;
  private final JobRepository jobs;
  private final Packages packages;
  private final PackageConfig config;
  private final Thread thread = Thread.ofVirtual().name("package-loop").unstarted(this::run);
  private volatile boolean running = true;

  PackageLoop(Database database, JobRepository jobs, Packages packages, PackageConfig config) {
    this.database = database;
    this.jobs = jobs;
    this.packages = packages;
    this.config = config;
  }

  void start(@Observes StartupEvent event) {
    thread.start();
  }

  void stop(@Observes ShutdownEvent event) {
    running = false;
    thread.interrupt();
  }

  private void run() {
    while (running) {
      LockSupport.parkNanos(config.poll().toNanos());
      try {
        while (running && buildSome() > 0) {
          LOG.trace("more packages may be due");
        }
      } catch (DatabaseUnavailableException e) {
        LOG.debugf("Expected to look for jobs to pack, but %s; next time", e.getMessage());
      } catch (RuntimeException e) {
        if (running) {
          LOG.warn("Expected to build packages, but it failed; next time", e);
        }
      }
    }
  }

  private int buildSome() {
    List<PackageRepository.Due> due =
        database.transaction(
            tx -> PackageRepository.takeDue(tx, config.buildsMax(), config.settle()));
    for (PackageRepository.Due one : due) {
      jobs.find(one.tenant(), one.job())
          .ifPresent(job -> packages.of(one.tenant(), job, BUILD_MAX));
    }
    return due.size();
  }
}
