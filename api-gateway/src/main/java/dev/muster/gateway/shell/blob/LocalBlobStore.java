package dev.muster.gateway.shell.blob;

import dev.muster.gateway.blob.BlobId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * A store in a folder. Bytes are written under {@code incoming}, forced to the disk, and moved to
 * their place in one step; the folder's own entry is forced after that.
 */
public final class LocalBlobStore implements BlobStore {
  /** Large enough that calls cost little, small enough that a hundred uploads fit a small heap. */
  private static final int BUFFER_BYTES = 256 * 1024;

  private final Path root;
  private final Path incoming;

  /** Opens the folder, making it when needed. */
  public LocalBlobStore(Path folder) {
    root = folder.toAbsolutePath().normalize();
    incoming = root.resolve("incoming");
    try {
      Files.createDirectories(incoming);
      Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      throw new UncheckedIOException("Expected to open the store's folder, but it cannot be", e);
    }
  }

  @Override
  public Written write(BlobId id, InputStream in) throws IOException {
    Digesting digesting = new Digesting();
    try (FileChannel file =
        FileChannel.open(
            incoming(id),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digesting.update(buffer, n);
        writeAll(file, ByteBuffer.wrap(buffer, 0, n));
      }
      file.force(true);
    }
    publish(id);
    return digesting.written();
  }

  @Override
  public String begin(BlobId id) throws IOException {
    Files.createDirectory(parts(id));
    return id.value();
  }

  /** Each part is a file of its own under a new name: a late writer changes nothing. */
  @Override
  public PartWritten writePart(
      BlobId id, String session, int number, long offset, InputStream in, long bytes)
      throws IOException {
    Path part = Files.createTempFile(parts(id), number + "-", "");
    try (FileChannel file = FileChannel.open(part, StandardOpenOption.WRITE)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        writeAll(file, ByteBuffer.wrap(buffer, 0, n));
      }
      file.force(false);
    } catch (IOException e) {
      Files.deleteIfExists(part);
      throw e;
    }
    return new PartWritten(number, part.getFileName().toString());
  }

  @Override
  public Written finish(BlobId id, String session, List<PartWritten> parts) throws IOException {
    if (!Files.exists(parts(id)) && Files.exists(place(id))) {
      return digest(place(id)); // finished before
    }
    Digesting digesting = new Digesting();
    try (FileChannel file =
        FileChannel.open(
            incoming(id),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      for (PartWritten part : parts) {
        append(file, parts(id).resolve(part.receipt()), digesting);
      }
      file.force(true);
    }
    publish(id);
    deleteParts(id);
    return digesting.written();
  }

  private static void append(FileChannel file, Path part, Digesting digesting) throws IOException {
    try (FileChannel from = FileChannel.open(part, StandardOpenOption.READ)) {
      InputStream in = Channels.newInputStream(from);
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digesting.update(buffer, n);
        writeAll(file, ByteBuffer.wrap(buffer, 0, n));
      }
    }
  }

  private static Written digest(Path file) throws IOException {
    Digesting digesting = new Digesting();
    try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ)) {
      InputStream in = Channels.newInputStream(from);
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digesting.update(buffer, n);
      }
    }
    return digesting.written();
  }

  @Override
  public Content open(BlobId id, long offset, long count) throws IOException {
    Path file = place(id);
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(id.value());
    }
    return new Content.InFile(file, offset, count);
  }

  @Override
  public void delete(BlobId id) throws IOException {
    deleteParts(id);
    Files.deleteIfExists(incoming(id));
    Files.deleteIfExists(place(id));
  }

  private void deleteParts(BlobId id) throws IOException {
    if (!Files.isDirectory(parts(id))) {
      return;
    }
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(parts(id))) {
      for (Path part : parts) {
        Files.deleteIfExists(part);
      }
    }
    Files.deleteIfExists(parts(id));
  }

  private void publish(BlobId id) throws IOException {
    Path place = place(id);
    Path folder = root.resolve(shelf(id));
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder);
      force(root);
    }
    Files.move(incoming(id), place, StandardCopyOption.ATOMIC_MOVE);
    force(folder);
  }

  private Path incoming(BlobId id) {
    return incoming.resolve(id.value());
  }

  private Path parts(BlobId id) {
    return incoming.resolve(id.value() + ".parts");
  }

  private Path place(BlobId id) {
    return root.resolve(shelf(id)).resolve(id.value());
  }

  /** The last two characters are random: 1,024 folders of equal size. */
  private static String shelf(BlobId id) {
    return id.value().substring(24);
  }

  private static void writeAll(FileChannel file, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }

  private static void force(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
