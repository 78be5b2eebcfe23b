package dev.muster.gateway.shell.packaging;

import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.kit.Chore;
import dev.muster.kit.Database;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
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
  private final Chore chore;

  PackageLoop(Database database, JobRepository jobs, Packages packages, PackageConfig config) {
    this.database = database;
    this.jobs = jobs;
    this.packages = packages;
    this.config = config;
    this.chore = new Chore("package-loop", "build packages", config.poll(), this::buildAll);
  }

  void start(@Observes StartupEvent event) {
    chore.start();
  }

  void stop(@Observes ShutdownEvent event) {
    chore.close();
  }

  private void buildAll() {
    while (chore.isRunning() && buildSome() > 0) {
      LOG.trace("more packages may be due");
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
