package dev.muster.gateway.shell.bucket;

import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.bucket.BucketUsage;
import dev.muster.gateway.s3.S3Operation;
import dev.muster.gateway.shell.blob.BlobParts;
import dev.muster.gateway.shell.blob.BlobStore.PartWritten;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.blob.Staging;
import dev.muster.gateway.shell.config.StoreConfig;
import dev.muster.kit.Database;
import jakarta.inject.Singleton;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Objects that come in parts of any size and in any order, as S3 has it. */
@Singleton
public class ObjectUploads {
  private final Database database;
  private final BlobParts parts;
  private final Buckets buckets;
  private final StoreConfig config;

  ObjectUploads(Database database, BlobParts parts, Buckets buckets, StoreConfig config) {
    this.database = database;
    this.parts = parts;
    this.buckets = buckets;
    this.config = config;
  }

  /** What became of a part. */
  public sealed interface PartOutcome {
    /** It is there. */
    record There(Sha256 digest) implements PartOutcome {}

    /** The bytes are not what was announced. */
    record Refused(Staging.Refused why) implements PartOutcome {}

    /** With it, the bucket would hold more than it may. */
    record NoRoom() implements PartOutcome {}

    /** There is no such upload. */
    record Unknown() implements PartOutcome {}
  }

  /** What became of a completion. */
  public sealed interface Completion {
    /** The parts have become an object, or there is no room for it. */
    record Done(Buckets.Outcome outcome) implements Completion {}

    /** A part was never written, or has another digest. */
    record WrongPart() implements Completion {}

    /** There is no such upload. */
    record Unknown() implements Completion {}
  }

  /**
   * A part as the completion names it.
   *
   * @param number from 1
   * @param etag what was answered when it was written
   */
  public record Named(int number, String etag) {}

  /** Begins an upload. */
  public String begin(String tenant, String key, String type) {
    BlobParts.Session session = parts.begin(config.uploadLife());
    String id = Blobs.newId().value().toLowerCase(Locale.ROOT);
    database.transaction(tx -> {
      ObjectUploadRows.insert(tx, tenant, id, key, session, type, config.uploadLife().toMillis());
      return id;
    });
    return id;
  }

  /** Takes a part of so many bytes. Parts that wait count, so that nobody hoards them. */
  public PartOutcome put(
      String tenant,
      String upload,
      String key,
      int number,
      InputStream in,
      Staging.Expected bytes) {
    record Start(Optional<ObjectUpload> upload, boolean room) {}
    long size = bytes.bytes() == null ? 0 : bytes.bytes();
    Start start =
        database.transaction(tx -> {
          BucketUsage usage = buckets.usage(tx, tenant);
          long free = usage.quotaBytes() - usage.usedBytes() - ObjectUploadRows.waiting(tx, tenant);
          return new Start(ObjectUploadRows.find(tx, tenant, upload, key, false), size <= free);
        });
    if (start.upload().isEmpty()) {
      return new PartOutcome.Unknown();
    }
    if (!start.room()) {
      return new PartOutcome.NoRoom();
    }
    return switch (parts.write(start.upload().get().session(), number, 0, in, bytes)) {
      case BlobParts.Outcome.Refused(var why) -> new PartOutcome.Refused(why);
      case BlobParts.Outcome.Part(var written, var digest) ->
          database.transaction(tx ->
              ObjectUploadRows.note(tx, upload, new ObjectUploadRows.Part(written, digest, size)))
              ? new PartOutcome.There(digest)
              : new PartOutcome.Unknown();
    };
  }

  /** Uploads that are under way, by key and in the order in which they were begun. */
  public List<ObjectUpload> underWay(String tenant, S3Operation.ListUploads list, int max) {
    return database.transaction(tx -> ObjectUploadRows.underWay(tx, tenant, list, max));
  }

  /** The parts that are there, by number. */
  public Optional<Map<Integer, Sha256>> present(String tenant, String upload, String key) {
    return database.transaction(tx ->
        ObjectUploadRows.find(tx, tenant, upload, key, false)
            .map(found -> {
              Map<Integer, Sha256> present = new TreeMap<>();
              ObjectUploadRows.parts(tx, upload)
                  .forEach((number, part) -> present.put(number, part.digest()));
              return present;
            }));
  }

  /** Makes the named parts one object. */
  public Completion complete(String tenant, String upload, String key, List<Named> named) {
    record Found(ObjectUpload upload, Map<Integer, ObjectUploadRows.Part> parts) {}
    Optional<Found> found =
        database.transaction(tx ->
            ObjectUploadRows.find(tx, tenant, upload, key, false)
                .map(one -> new Found(one, ObjectUploadRows.parts(tx, upload))));
    if (found.isEmpty()) {
      return new Completion.Unknown();
    }
    List<PartWritten> chosen = new ArrayList<>();
    long bytes = 0;
    for (Named one : named) {
      ObjectUploadRows.Part part = found.get().parts().get(one.number());
      if (part == null || !part.digest().hex().equals(one.etag())) {
        return new Completion.WrongPart();
      }
      chosen.add(part.written());
      bytes += part.bytes();
    }
    ObjectUpload one = found.get().upload();
    Staging staging = parts.finish(one.session(), chosen, new Staging.Expected(bytes, bytes, null));
    return new Completion.Done(
        switch (staging) {
          case Staging.Refused refused -> new Buckets.Outcome.Refused(refused);
          case Staging.Staged staged -> keep(tenant, one, staged);
        });
  }

  private Buckets.Outcome keep(String tenant, ObjectUpload upload, Staging.Staged staged) {
    Buckets.Outcome outcome =
        buckets.keep(tenant, upload.key(), upload.contentType(), staged, Buckets.Condition.NONE);
    database.transaction(tx -> {
      ObjectUploadRows.delete(tx, upload.id());
      return upload;
    });
    return outcome;
  }

  /** Gives an upload up; false when there is none. */
  public boolean abort(String tenant, String upload, String key) {
    Optional<ObjectUpload> found =
        database.transaction(tx -> {
          Optional<ObjectUpload> one = ObjectUploadRows.find(tx, tenant, upload, key, true);
          one.ifPresent(gone -> ObjectUploadRows.delete(tx, gone.id()));
          return one;
        });
    found.ifPresent(one -> parts.abort(one.session()));
    return found.isPresent();
  }
}
