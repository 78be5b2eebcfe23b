package dev.muster.gateway.shell.blob;

import dev.muster.gateway.shell.config.GatewayConfig;
import dev.muster.gateway.shell.config.StoreConfig;
import dev.muster.kit.Database;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;

/** Makes the store that the configuration asks for, and runs its collector. */
@ApplicationScoped
public class BlobWiring {
  private final BlobStore store;
  private final Blobs blobs;
  private final BlobCollector collector;

  BlobWiring(Database database, GatewayConfig gateway, StoreConfig config) {
    store =
        switch (config.kind()) {
          case LOCAL -> new LocalBlobStore(folder(gateway, config));
          case S3 -> S3BlobStore.of(config.s3());
        };
    blobs = new Blobs(database, store, config);
    collector = new BlobCollector(database, store, config);
  }

  void start(@Observes StartupEvent event) {
    collector.start();
  }

  void stop(@Observes ShutdownEvent event) {
    collector.close();
  }

  @Produces
  @Singleton
  Blobs blobs() {
    return blobs;
  }

  @Produces
  @Singleton
  BlobParts parts(Database database) {
    return new BlobParts(database, blobs);
  }

  @Produces
  @Singleton
  BlobCollector collector() {
    return collector;
  }

  private static Path folder(GatewayConfig gateway, StoreConfig config) {
    return config
        .folder()
        .or(() -> gateway.bootstrapKeyFile().map(file -> file.resolveSibling("store")))
        .orElse(Path.of("store"));
  }
}
