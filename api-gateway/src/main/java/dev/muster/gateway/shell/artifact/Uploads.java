package dev.muster.gateway.shell.artifact;

import dev.muster.gateway.artifact.Artifact;
import dev.muster.gateway.blob.Blob;
import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.shell.blob.BlobParts;
import dev.muster.gateway.shell.blob.BlobStore.PartWritten;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.blob.Staging;
import dev.muster.gateway.shell.blob.Staging.Expected;
import dev.muster.gateway.shell.config.StoreConfig;
import dev.muster.kit.Database;
import jakarta.inject.Singleton;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Uploads in parts: each part is durable when it is answered, any part can be sent again, and only
 * the completed whole is an artifact.
 */
@Singleton
public class Uploads {
  private final Database database;
  private final Blobs blobs;
  private final BlobParts parts;
  private final StoreConfig config;

  Uploads(Database database, Blobs blobs, BlobParts parts, StoreConfig config) {
    this.database = database;
    this.blobs = blobs;
    this.parts = parts;
    this.config = config;
  }

  /** What became of a completion. */
  public sealed interface Completion {
    /** The whole is an artifact. */
    record Completed(Artifact artifact) implements Completion {}

    /** These parts are missing. */
    record Incomplete(List<Integer> missing) implements Completion {}

    /** The whole is not what was announced; the upload is over. */
    record Wrong(Staging.Refused refused) implements Completion {}

    /** There is no such upload. */
    record Unknown() implements Completion {}
  }

  /** Begins an upload. */
  public Upload begin(String tenant, String id, String name, long bytes, @Nullable Sha256 digest) {
    BlobParts.Session session = parts.begin(config.uploadLife());
    return database.transaction(tx -> {
      Upload upload =
          new Upload(
              id,
              session.blob(),
              session.name(),
              name,
              bytes,
              Upload.partBytes(bytes, config.partBytes()),
              digest,
              tx.now().plus(config.uploadLife()));
      UploadRows.insert(tx, tenant, upload);
      return upload;
    });
  }

  /** The tenant's upload. */
  public Optional<Upload> find(String tenant, String id) {
    return database.transaction(tx -> UploadRows.find(tx, tenant, id));
  }

  /** The numbers of the parts that are there. */
  public List<Integer> present(Upload upload) {
    return database.transaction(tx -> UploadRows.parts(tx, upload.id())).stream()
        .map(PartWritten::number)
        .toList();
  }

  /**
   * Takes one part.
   *
   * @return its digest, why it is refused, or nothing when the upload is gone
   */
  public Optional<BlobParts.Outcome> put(
      Upload upload, int number, InputStream in, @Nullable Sha256 digest) {
    BlobParts.Outcome outcome =
        parts.write(
            new BlobParts.Session(upload.blob(), upload.session()),
            number,
            upload.offset(number),
            in,
            new Expected(upload.bytes(number), upload.bytes(number), digest));
    return switch (outcome) {
      case BlobParts.Outcome.Part part ->
          database.transaction(tx ->
              UploadRows.note(tx, upload.id(), part.written(), upload.bytes(number), part.digest()))
              ? Optional.of(part)
              : Optional.empty();
      case BlobParts.Outcome.Refused refused -> Optional.of(refused);
    };
  }

  /**
   * Makes the parts one artifact, when they are all there and are what was announced. The lock on
   * the upload is not held while the file is read: two completions at once do the same work, and
   * the second finds the upload gone.
   */
  public Completion complete(String tenant, String id, String artifact, @Nullable Sha256 digest) {
    Upload upload = find(tenant, id).orElse(null);
    if (upload == null) {
      return new Completion.Unknown();
    }
    List<PartWritten> there = database.transaction(tx -> UploadRows.parts(tx, id));
    if (there.size() < upload.parts()) {
      List<Integer> numbers = there.stream().map(PartWritten::number).toList();
      return new Completion.Incomplete(
          IntStream.rangeClosed(1, upload.parts())
              .boxed()
              .filter(number -> !numbers.contains(number))
              .limit(100)
              .toList());
    }
    Expected expected =
        new Expected(upload.bytes(), upload.bytes(), digest == null ? upload.digest() : digest);
    Staging staging =
        parts.finish(new BlobParts.Session(upload.blob(), upload.session()), there, expected);
    return switch (staging) {
      case Staging.Refused refused -> {
        abort(tenant, id);
        yield new Completion.Wrong(refused);
      }
      case Staging.Staged staged -> keep(tenant, upload, artifact, staged);
    };
  }

  private Completion keep(String tenant, Upload upload, String artifact, Staging.Staged staged) {
    return database.transaction(tx -> {
      if (UploadRows.lock(tx, tenant, upload.id()).isEmpty()) {
        return new Completion.Unknown();
      }
      UploadRows.delete(tx, upload.id());
      Blob blob = blobs.keep(tx, tenant, staged, Artifact.owner(artifact));
      Artifact kept = ArtifactRepository.add(tx, artifact, upload.name(), blob);
      if (!kept.id().equals(artifact)) {
        blobs.release(tx, List.of(Artifact.owner(artifact)));
      }
      return new Completion.Completed(kept);
    });
  }

  /** Gives an upload up; false when there is none. */
  public boolean abort(String tenant, String id) {
    Optional<Upload> upload =
        database.transaction(tx -> {
          Optional<Upload> found = UploadRows.lock(tx, tenant, id);
          found.ifPresent(one -> UploadRows.delete(tx, one.id()));
          return found;
        });
    upload.ifPresent(one -> parts.abort(new BlobParts.Session(one.blob(), one.session())));
    return upload.isPresent();
  }
}
