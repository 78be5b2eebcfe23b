package dev.muster.gateway.shell.blob;

import dev.muster.gateway.shell.config.StoreConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/** The store in a bucket, on a server that speaks S3. */
class S3BlobStoreIT extends BlobStoreContract {
  private static S3Proxy server;
  private static S3BlobStore store;

  /** A bucket on the server under test. */
  private record Bucket(URI address) implements StoreConfig.S3 {
    @Override
    public Optional<URI> endpoint() {
      return Optional.of(address);
    }

    @Override
    public String region() {
      return "us-east-1";
    }

    @Override
    public Optional<String> bucket() {
      return Optional.of("muster");
    }

    @Override
    public Optional<String> prefix() {
      return Optional.of("blobs/");
    }

    @Override
    public Optional<String> accessKeyId() {
      return Optional.of("identity");
    }

    @Override
    public Optional<String> secretAccessKey() {
      return Optional.of("credential");
    }

    @Override
    public boolean pathStyle() {
      return true;
    }
  }

  @BeforeAll
  static void startServer(@TempDir Path folder) throws Exception {
    server =
        S3Proxy.builder()
            .blobStore(new FilesystemNio2BlobStore(folder.toString()))
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V4, "identity", "credential")
            .build();
    server.start();
    Bucket bucket = new Bucket(URI.create("http://127.0.0.1:" + server.getPort()));
    try (S3Client client = S3Clients.of(bucket)) {
      client.createBucket(request -> request.bucket("muster"));
    }
    store = S3BlobStore.of(bucket);
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.stop();
  }

  @Override
  BlobStore store() {
    return store;
  }
}
