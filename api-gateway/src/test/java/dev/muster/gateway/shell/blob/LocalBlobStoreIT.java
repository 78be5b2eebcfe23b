package dev.muster.gateway.shell.blob;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class LocalBlobStoreIT extends BlobStoreContract {
  @TempDir static Path folder;

  @Override
  BlobStore store() {
    return new LocalBlobStore(folder.resolve("store"));
  }
}
