package dev.muster.gateway.shell.blob;

import dev.muster.gateway.blob.BlobId;
import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.shell.blob.BlobStore.PartWritten;
import dev.muster.gateway.shell.blob.BlobStore.Written;
import dev.muster.gateway.shell.blob.Staging.Expected;
import dev.muster.gateway.shell.blob.Staging.Staged;
import dev.muster.kit.Database;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;

/** Files that come in parts: like {@link Blobs#stage}, over many requests. All calls block. */
public final class BlobParts {
  private final Database database;
  private final Blobs blobs;

  public BlobParts(Database database, Blobs blobs) {
    this.database = database;
    this.blobs = blobs;
  }

  /**
   * A file that is being filled.
   *
   * @param blob its id
   * @param name the store's own name for the work on it
   */
  public record Session(BlobId blob, String name) {}

  /** What became of a part. */
  public sealed interface Outcome {
    /**
     * It is durable.
     *
     * @param written what the store needs at the end
     * @param digest its SHA-256, computed while it came
     */
    record Part(PartWritten written, Sha256 digest) implements Outcome {}

    /** It is not what was announced; what was there before under its number stays. */
    record Refused(Staging.Refused why) implements Outcome {}
  }

  /** Begins a file; after so long it is given up. */
  public Session begin(Duration life) {
    BlobId id = Blobs.newId();
    database.transaction(tx -> {
      BlobRows.announce(tx, id, life);
      return id;
    });
    try {
      return new Session(id, blobs.store().begin(id));
    } catch (IOException e) {
      throw new StoreException("Expected to begin a file in the store, but it failed", e);
    }
  }

  /** Takes one part, exactly as many bytes as expected. */
  public Outcome write(
      Session session, int number, long offset, InputStream in, Expected expected) {
    long bytes = expected.bytes() == null ? expected.bytesMax() : expected.bytes();
    Digesting digesting = new Digesting();
    Intake intake = new Intake(in, bytes, Long.MAX_VALUE / 2, () -> {});
    try {
      PartWritten written =
          blobs
              .store()
              .writePart(
                  session.blob(),
                  session.name(),
                  number,
                  offset,
                  new DigestingStream(intake, digesting, bytes),
                  bytes);
      Written what = digesting.written();
      Staging.Refused refused = Blobs.check(what, expected);
      return refused == null
          ? new Outcome.Part(written, what.digest())
          : new Outcome.Refused(refused);
    } catch (Intake.BrokenException e) {
      return new Outcome.Refused(e.refusal());
    } catch (IOException e) {
      throw new StoreException("Expected to write a part to the store, but it failed", e);
    }
  }

  /** Makes the file whole; the parts are gone then. */
  public Staging finish(Session session, List<PartWritten> parts, Expected expected) {
    try {
      Written written = blobs.store().finish(session.blob(), session.name(), parts);
      Staging.Refused refused = Blobs.check(written, expected);
      return refused == null
          ? new Staged(session.blob(), written.digest(), written.bytes())
          : refused;
    } catch (IOException e) {
      throw new StoreException("Expected the store to join the parts, but it failed", e);
    }
  }

  /** Gives the file up. */
  public void abort(Session session) {
    blobs.discard(session.blob());
  }

  /** Digests what passes, and tells a stream that ends too early from one that is whole. */
  private static final class DigestingStream extends FilterInputStream {
    private final Digesting digesting;
    private final long bytes;
    private long passed;

    DigestingStream(InputStream in, Digesting digesting, long bytes) {
      super(in);
      this.digesting = digesting;
      this.bytes = bytes;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = super.read(buffer, offset, length);
      if (n > 0) {
        digesting.update(buffer, offset, n);
        passed += n;
      } else if (n < 0 && passed < bytes) {
        throw new Intake.BrokenException(
            Staging.Reason.LENGTH, "Expected a part of " + bytes + " bytes, but it has " + passed);
      }
      return n;
    }
  }
}
