package dev.muster.gateway.shell.blob;

import dev.muster.gateway.blob.BlobId;
import dev.muster.gateway.shell.config.StoreConfig;
import dev.muster.kit.SourceStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;

/**
 * A store in a bucket that speaks S3. An object there appears whole or not at all; what is longer
 * than a part goes up in parts, so that no more than one part is in memory.
 */
public final class S3BlobStore implements BlobStore {
  /** S3 takes 5 MiB at least for a part that is not the last, and 10,000 parts at most. */
  private static final int PART_BYTES = 16 * 1024 * 1024;

  private static final int BUFFER_BYTES = 256 * 1024;

  private final S3Client s3;
  private final String bucket;
  private final String prefix;

  S3BlobStore(S3Client s3, String bucket, String prefix) {
    this.s3 = s3;
    this.bucket = bucket;
    this.prefix = prefix;
  }

  /** The store that the configuration describes. */
  public static S3BlobStore of(StoreConfig.S3 config) {
    String bucket =
        config
            .bucket()
            .orElseThrow(() ->
                new IllegalStateException(
                    "Expected gateway.store.s3.bucket for a store of kind s3, but it is not set"));
    return new S3BlobStore(S3Clients.of(config), bucket, config.prefix().orElse(""));
  }

  @Override
  public Written write(BlobId id, InputStream in) throws IOException {
    Digesting digesting = new Digesting();
    byte[] head = in.readNBytes(PART_BYTES);
    digesting.update(head, head.length);
    if (head.length < PART_BYTES) {
      call(() -> s3.putObject(r -> r.bucket(bucket).key(key(id)), RequestBody.fromBytes(head)));
      return digesting.written();
    }
    String session = begin(id);
    List<PartWritten> parts = new ArrayList<>();
    byte[] part = head;
    while (part.length > 0) {
      parts.add(
          writePart(id, session, parts.size() + 1, 0, new ByteArrayInputStream(part), part.length));
      part = in.readNBytes(PART_BYTES);
      digesting.update(part, part.length);
    }
    complete(id, session, parts);
    return digesting.written();
  }

  @Override
  public String begin(BlobId id) throws IOException {
    return call(() -> s3.createMultipartUpload(r -> r.bucket(bucket).key(key(id))).uploadId());
  }

  @Override
  public PartWritten writePart(
      BlobId id, String session, int number, long offset, InputStream in, long bytes)
      throws IOException {
    Source source = new Source(in);
    String etag;
    try {
      etag =
          call(() ->
              s3.uploadPart(
                      r -> r.bucket(bucket).key(key(id)).uploadId(session).partNumber(number),
                      RequestBody.fromInputStream(source, bytes))
                  .eTag());
    } catch (IOException | IllegalStateException e) {
      // The SDK tries again with a stream that cannot be read again, and says only that.
      IOException failure = source.failure();
      throw failure != null ? failure : new IOException("a part was not taken", e);
    }
    if (in.read() >= 0) {
      throw new IOException("a part has more bytes than announced");
    }
    return new PartWritten(number, etag);
  }

  @Override
  public Written finish(BlobId id, String session, List<PartWritten> parts) throws IOException {
    complete(id, session, parts);
    Digesting digesting = new Digesting();
    try (InputStream in = call(() -> s3.getObject(r -> r.bucket(bucket).key(key(id))))) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digesting.update(buffer, n);
      }
    }
    return digesting.written();
  }

  private void complete(BlobId id, String session, List<PartWritten> parts) throws IOException {
    List<CompletedPart> completed =
        parts.stream()
            .map(part ->
                CompletedPart.builder().partNumber(part.number()).eTag(part.receipt()).build())
            .toList();
    try {
      call(() ->
          s3.completeMultipartUpload(r ->
              r.bucket(bucket)
                  .key(key(id))
                  .uploadId(session)
                  .multipartUpload(upload -> upload.parts(completed))));
    } catch (NoSuchFileException e) {
      // Completed before, unless the object is not there either.
      call(() -> s3.headObject(r -> r.bucket(bucket).key(key(id))));
    }
  }

  @Override
  public Content open(BlobId id, long offset, long count) throws IOException {
    if (count == 0) {
      call(() -> s3.headObject(r -> r.bucket(bucket).key(key(id))));
      return new Content.Streamed(InputStream.nullInputStream(), 0);
    }
    String range = "bytes=" + offset + "-" + (offset + count - 1);
    ResponseInputStream<GetObjectResponse> in =
        call(() -> s3.getObject(r -> r.bucket(bucket).key(key(id)).range(range)));
    return new Content.Streamed(in, count);
  }

  @Override
  public void delete(BlobId id) throws IOException {
    List<MultipartUpload> underWay =
        call(() -> s3.listMultipartUploads(r -> r.bucket(bucket).prefix(key(id))).uploads());
    for (MultipartUpload upload : underWay) {
      if (upload.key().equals(key(id))) {
        call(() ->
            s3.abortMultipartUpload(
                r -> r.bucket(bucket).key(key(id)).uploadId(upload.uploadId())));
      }
    }
    call(() -> s3.deleteObject(r -> r.bucket(bucket).key(key(id))));
  }

  private String key(BlobId id) {
    return prefix + id.value();
  }

  /** What is uploaded. */
  private static final class Source extends SourceStream {
    Source(InputStream in) {
      super(in);
    }

    /** The bytes are the caller's, who may have more of them. */
    @Override
    public void close() {
      // Nothing is held.
    }
  }

  /** A call of the SDK. */
  @FunctionalInterface
  private interface Call<T> {
    T run();
  }

  /** The SDK wraps what its streams throw; whose fault it was must not get lost in it. */
  private static <T> T call(Call<T> call) throws IOException {
    try {
      return call.run();
    } catch (NoSuchKeyException | NoSuchUploadException e) {
      NoSuchFileException missing = new NoSuchFileException("no such object");
      missing.initCause(e);
      throw missing;
    } catch (SdkException e) {
      Optional<Intake.BrokenException> broken = broken(e);
      if (broken.isPresent()) {
        throw broken.get();
      }
      throw new IOException("S3: " + e.getMessage(), e);
    }
  }

  private static Optional<Intake.BrokenException> broken(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof Intake.BrokenException broken) {
        return Optional.of(broken);
      }
    }
    return Optional.empty();
  }
}
