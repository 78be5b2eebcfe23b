package dev.muster.gateway.shell.blob;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.blob.Blob;
import dev.muster.gateway.blob.BlobId;
import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.shell.blob.BlobStore.Written;
import dev.muster.gateway.shell.blob.Staging.Expected;
import dev.muster.gateway.shell.blob.Staging.Refused;
import dev.muster.gateway.shell.blob.Staging.Staged;
import dev.muster.gateway.shell.config.StoreConfig;
import dev.muster.kit.Database;
import dev.muster.kit.DatabaseUnavailableException;
import dev.muster.kit.Tx;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.commons.io.input.BoundedInputStream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Blobs of tenants. Bytes come in with {@link #stage}, become somebody's with {@link #keep} in the
 * transaction that writes the row that needs them, and go when the last owner has given them back.
 * An owner is a text such as {@code artifact/art_01...}: holding twice is holding once, and giving
 * back twice changes nothing. All calls block.
 */
public final class Blobs {
  private static final Logger LOG = Logger.getLogger(Blobs.class);

  private final Database database;
  private final BlobStore store;
  private final StoreConfig config;

  public Blobs(Database database, BlobStore store, StoreConfig config) {
    this.database = database;
    this.store = store;
    this.config = config;
  }

  /**
   * Takes bytes in at the pace of the store, without holding more than a buffer of them.
   *
   * @param in the bytes; not closed
   * @param expected what they must be
   * @return durable bytes that are nobody's yet, or why they are refused
   * @throws StoreException when the store cannot take them
   * @throws DatabaseUnavailableException when the database does not answer
   */
  public Staging stage(InputStream in, Expected expected) {
    BlobId id = newId();
    announce(id);
    Intake intake = intake(in, expected, id);
    try {
      Written written = store.write(id, intake);
      Refused refused = check(written, expected);
      if (refused == null) {
        return new Staged(id, written.digest(), written.bytes());
      }
      discard(id);
      return refused;
    } catch (Intake.BrokenException e) {
      discard(id);
      return e.refusal();
    } catch (IOException e) {
      discard(id);
      throw new StoreException("Expected to write to the store, but it failed", e);
    }
  }

  /**
   * Makes staged bytes the tenant's, for this owner. Equal bytes that the tenant has already are
   * used instead.
   */
  public Blob keep(Tx tx, String tenant, Staged staged, String owner) {
    return BlobRows.keep(tx, tenant, staged, owner);
  }

  /** One more owner of bytes that the tenant has already; empty when it has none of this digest. */
  public Optional<Blob> share(Tx tx, String tenant, Sha256 digest, String owner) {
    return BlobRows.share(tx, tenant, digest, owner);
  }

  /** These owners need their blobs no more. */
  public void release(Tx tx, List<String> owners) {
    BlobRows.release(tx, owners);
  }

  /** The tenant's blob of this digest. */
  public Optional<Blob> find(Tx tx, String tenant, Sha256 digest) {
    return Optional.ofNullable(BlobRows.find(tx, tenant, digest));
  }

  /**
   * Opens some bytes of a blob.
   *
   * @throws StoreException when the store cannot read them
   */
  public BlobStore.Content open(Blob blob, long offset, long count) {
    try {
      return store.open(blob.id(), offset, count);
    } catch (IOException e) {
      throw new StoreException("Expected to read blob " + blob.id().value() + ", but cannot", e);
    }
  }

  private InputStream from(Blob blob, long offset, long count) throws IOException {
    return switch (store.open(blob.id(), offset, count)) {
      case BlobStore.Content.InFile(var file, var at, var length) ->
          Channels.newInputStream(FileChannel.open(file, StandardOpenOption.READ).position(at));
      case BlobStore.Content.Streamed(var in, var length) -> in;
    };
  }

  /** Exactly these bytes of a blob as a stream; the reader closes it. */
  public InputStream stream(Blob blob, long offset, long count) throws IOException {
    return BoundedInputStream.builder()
        .setInputStream(from(blob, offset, count))
        .setMaxCount(count)
        .get();
  }

  /** All bytes of what is staged, to be looked at before anybody gets them. */
  public InputStream read(Staged staged) {
    try {
      return switch (store.open(staged.id(), 0, staged.bytes())) {
        case BlobStore.Content.InFile file -> Files.newInputStream(file.file());
        case BlobStore.Content.Streamed streamed -> streamed.in();
      };
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** The store failed while its bytes were read. */
  public StoreException unreadable(IOException cause) {
    return new StoreException("Expected to read from the store, but cannot", cause);
  }

  /** Staged bytes are not needed after all; the collector deletes them soon. */
  public void discard(Staged staged) {
    discard(staged.id());
  }

  BlobStore store() {
    return store;
  }

  Intake intake(InputStream in, Expected expected, BlobId id) {
    long max = expected.bytes() == null ? expected.bytesMax() : expected.bytes();
    return new Intake(
        in,
        Math.min(max, expected.bytesMax()),
        config.abandonedAfter().toNanos() / 10,
        () -> keepAlive(id));
  }

  private void announce(BlobId id) {
    database.transaction(tx -> {
      BlobRows.announce(tx, id, config.abandonedAfter());
      return id;
    });
  }

  private void keepAlive(BlobId id) {
    try {
      announce(id);
    } catch (DatabaseUnavailableException e) {
      LOG.debugf("Expected to say that a file is still written, but %s", e.getMessage());
    }
  }

  /** Best effort: what is not given up here is abandoned, and collected as that. */
  void discard(BlobId id) {
    try {
      database.transaction(tx -> {
        BlobRows.giveUp(tx, id);
        return id;
      });
    } catch (DatabaseUnavailableException e) {
      LOG.debugf("Expected to give a file up, but %s; it is collected later", e.getMessage());
    }
  }

  static @Nullable Refused check(Written written, Expected expected) {
    if (expected.bytes() != null && expected.bytes() != written.bytes()) {
      return new Refused(
          Staging.Reason.LENGTH,
          "Expected " + expected.bytes() + " bytes, but there are " + written.bytes());
    }
    if (expected.digest() != null && !expected.digest().equals(written.digest())) {
      return new Refused(
          Staging.Reason.CHECKSUM,
          "Expected bytes with the SHA-256 announced, but theirs is " + written.digest().hex());
    }
    return null;
  }

  /** A new id; its time is for people, and decides nothing. */
  public static BlobId newId() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return new BlobId(
        JobId.of(System.currentTimeMillis(), random.nextLong(), random.nextLong()).value());
  }
}
