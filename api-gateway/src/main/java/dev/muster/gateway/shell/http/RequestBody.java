package dev.muster.gateway.shell.http;

import com.fasterxml.jackson.databind.util.ByteBufferBackedInputStream;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.submission.Source;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The bytes of a body: on the heap while they are few, in a mapped temporary file beyond that, so
 * that a body of 64 MiB costs no heap. The file is gone from its folder at once.
 */
public final class RequestBody implements Source {
  /** Bytes kept on the heap. */
  static final int HEAP_MAX = 1024 * 1024;

  private final ByteBuffer bytes;

  private RequestBody(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /**
   * Reads a body to its end.
   *
   * @param max most bytes it may have
   * @throws ProblemException when it has more
   */
  public static RequestBody read(InputStream in, long max) {
    try {
      byte[] head = in.readNBytes(HEAP_MAX);
      if (head.length < HEAP_MAX) {
        return new RequestBody(ByteBuffer.wrap(head));
      }
      return spool(head, in, max);
    } catch (IOException e) {
      throw new ProblemException(
          ProblemKind.MALFORMED, "Expected the whole body, but the connection ended before it");
    }
  }

  private static RequestBody spool(byte[] head, InputStream in, long max) throws IOException {
    Path file = Files.createTempFile("muster-body", null);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      Files.delete(file);
      writeAll(channel, ByteBuffer.wrap(head));
      byte[] piece = new byte[64 * 1024];
      long size = head.length;
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        size += n;
        if (size > max) {
          throw new ProblemException(
              ProblemKind.TOO_LARGE, "Expected at most " + max + " bytes, but there are more");
        }
        writeAll(channel, ByteBuffer.wrap(piece, 0, n));
      }
      return new RequestBody(channel.map(FileChannel.MapMode.READ_ONLY, 0, size));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static void writeAll(FileChannel channel, ByteBuffer piece) throws IOException {
    while (piece.hasRemaining()) {
      channel.write(piece);
    }
  }

  /** A view of all bytes from the first on. */
  ByteBuffer view() {
    return bytes.asReadOnlyBuffer().rewind();
  }

  /** The bytes as a stream. */
  InputStream stream() {
    return bytes.hasArray()
        ? new ByteArrayInputStream(bytes.array())
        : new ByteBufferBackedInputStream(view());
  }

  @Override
  public String slice(int start, int end) {
    byte[] part = new byte[end - start];
    bytes.get(start, part);
    return new String(part, StandardCharsets.UTF_8);
  }

  /** For tests and small documents. */
  static RequestBody of(String text) {
    return new RequestBody(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }
}
