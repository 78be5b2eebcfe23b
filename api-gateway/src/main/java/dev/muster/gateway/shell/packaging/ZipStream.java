package dev.muster.gateway.shell.packaging;

import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.packaging.PackedFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A zip archive that comes into being while it is read, and never lies in memory: whoever reads
 * sets the pace. Always in the form that has no limit of 4 GiB. For one thread.
 */
final class ZipStream extends InputStream {
  private static final int PIECE_BYTES = 128 * 1024;
  private static final int FILE_MODE = 0100644;

  /**
   * A file or folder to be packed.
   *
   * @param name its path; that of a folder ends in a slash
   * @param content opened when its turn comes; null for a folder
   * @param stored its size and CRC-32 where it is to be packed as it is, else it is compressed
   */
  record Entry(String name, @Nullable Content content, @Nullable Stored stored) {}

  /** Opens the bytes of an entry. */
  interface Content {
    InputStream open() throws IOException;
  }

  /** What must be known of bytes that are packed as they are. */
  record Stored(long bytes, long crc) {}

  private final Iterator<Entry> entries;
  private final Consumer<PackedFile> packed;
  private final Instant time;
  private final Drain made = new Drain();
  private final ZipArchiveOutputStream zip = new ZipArchiveOutputStream(made);
  private final byte[] piece = new byte[PIECE_BYTES];
  private final MessageDigest digest = sha256();
  private @Nullable String name;
  private @Nullable InputStream current;
  private long bytes;
  private boolean finished;

  /**
   * @param entries what to pack, in this order
   * @param time the files' time
   * @param packed hears of every file when it is packed
   */
  ZipStream(Iterator<Entry> entries, Instant time, Consumer<PackedFile> packed) {
    this.entries = entries;
    this.time = time;
    this.packed = packed;
    // Not Always, which writes fields into the directory that Java's own ZipFile refuses.
    zip.setUseZip64(Zip64Mode.AlwaysWithCompatibility);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    while (made.isEmpty() && !finished) {
      step();
    }
    return made.isEmpty() ? -1 : made.drain(buffer, offset, length);
  }

  private void step() throws IOException {
    InputStream in = current;
    if (in == null) {
      if (entries.hasNext()) {
        begin(entries.next());
      } else {
        zip.finish();
        finished = true;
      }
      return;
    }
    int n = in.read(piece);
    if (n >= 0) {
      zip.write(piece, 0, n);
      digest.update(piece, 0, n);
      bytes += n;
    } else {
      end(in);
    }
  }

  private void begin(Entry entry) throws IOException {
    ZipArchiveEntry header = new ZipArchiveEntry(entry.name());
    header.setTime(time.toEpochMilli());
    Stored stored = entry.stored();
    if (stored != null) {
      header.setMethod(ZipEntry.STORED);
      header.setSize(stored.bytes());
      header.setCrc(stored.crc());
    }
    Content content = entry.content();
    if (content == null) {
      zip.putArchiveEntry(header);
      zip.closeArchiveEntry();
      return;
    }
    header.setUnixMode(FILE_MODE);
    zip.putArchiveEntry(header);
    name = entry.name();
    bytes = 0;
    current = content.open();
  }

  private void end(InputStream in) throws IOException {
    current = null;
    in.close();
    zip.closeArchiveEntry();
    packed.accept(new PackedFile(String.valueOf(name), bytes, Sha256.of(digest.digest())));
  }

  @Override
  public void close() throws IOException {
    InputStream in = current;
    current = null;
    if (in != null) {
      in.close();
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Expected SHA-256 in every Java, but it is missing", e);
    }
  }

  /** What is made and not read yet; about a piece. */
  private static final class Drain extends ByteArrayOutputStream {
    private int read;

    boolean isEmpty() {
      return read == count;
    }

    int drain(byte[] buffer, int offset, int length) {
      int n = Math.min(length, count - read);
      System.arraycopy(buf, read, buffer, offset, n);
      read += n;
      if (read == count) {
        reset();
        read = 0;
      }
      return n;
    }
  }
}
