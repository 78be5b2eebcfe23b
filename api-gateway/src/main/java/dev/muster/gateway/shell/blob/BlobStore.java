package dev.muster.gateway.shell.blob;

import dev.muster.gateway.blob.BlobId;
import dev.muster.gateway.blob.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * Keeps files by id: a file is absent or whole, never half. It knows nothing of tenants, digests
 * and references; {@link Blobs} does. Calls block, and hold no more than a buffer of a file in
 * memory.
 */
public interface BlobStore {
  /**
   * What was written.
   *
   * @param digest of the bytes as they were written
   * @param bytes how many
   */
  record Written(Sha256 digest, long bytes) {}

  /**
   * A part that was written.
   *
   * @param number from 1
   * @param receipt what the store needs to find it again
   */
  record PartWritten(int number, String receipt) {}

  /** How bytes come out. */
  sealed interface Content {
    /**
     * Bytes of a file of this machine, which the kernel can send by itself.
     *
     * @param file the file
     * @param offset the first byte
     * @param count how many
     */
    record InFile(Path file, long offset, long count) implements Content {}

    /**
     * A stream of exactly the bytes asked for; the reader closes it.
     *
     * @param in the bytes
     * @param count how many
     */
    record Streamed(InputStream in, long count) implements Content {}
  }

  /**
   * Writes a whole file and makes it durable. The file is there when this returns, not before.
   *
   * @throws IOException when reading or the store failed; whatever is left is gone after {@link
   *     #delete}
   */
  Written write(BlobId id, InputStream in) throws IOException;

  /** Begins a file in parts; the answer names it to the other calls. */
  String begin(BlobId id) throws IOException;

  /**
   * Writes one part. It counts from the moment in which its receipt is handed to {@link #finish};
   * writing the same number again harms no other receipt.
   *
   * @param number from 1 to 10,000
   * @param offset where it begins in the file
   * @param bytes how many bytes the stream has
   */
  PartWritten writePart(
      BlobId id, String session, int number, long offset, InputStream in, long bytes)
      throws IOException;

  /**
   * Makes the file whole and tells what it holds, however often it is asked to. The parts are gone
   * afterwards.
   */
  Written finish(BlobId id, String session, List<PartWritten> parts) throws IOException;

  /**
   * Opens some bytes of a whole file.
   *
   * @throws java.nio.file.NoSuchFileException when it is not there
   */
  Content open(BlobId id, long offset, long count) throws IOException;

  /** Deletes a file and whatever there is of it; nothing happens when there is nothing. */
  void delete(BlobId id) throws IOException;
}
