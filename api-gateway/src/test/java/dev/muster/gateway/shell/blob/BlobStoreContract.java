package dev.muster.gateway.shell.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.gateway.blob.BlobId;
import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.shell.blob.BlobStore.PartWritten;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What every store keeps to. */
abstract class BlobStoreContract {
  /** What S3 takes as the least size of a part that is not the last. */
  private static final int PART = 5 * 1024 * 1024;

  abstract BlobStore store();

  @Test
  void whatIsWrittenComesBackWholeAndInPieces() throws Exception {
    byte[] bytes = random(1, 3_000_000);
    BlobId id = Blobs.newId();

    BlobStore.Written written = store().write(id, new ByteArrayInputStream(bytes));

    assertThat(written.bytes()).isEqualTo(bytes.length);
    assertThat(written.digest()).isEqualTo(sha256(bytes));
    assertThat(read(store().open(id, 0, bytes.length))).isEqualTo(bytes);
    assertThat(read(store().open(id, 1_234_567, 1_000)))
        .isEqualTo(Arrays.copyOfRange(bytes, 1_234_567, 1_235_567));
    assertThat(read(store().open(id, bytes.length - 1L, 1)))
        .isEqualTo(Arrays.copyOfRange(bytes, bytes.length - 1, bytes.length));
  }

  @Test
  void emptyFileIsAFile() throws Exception {
    BlobId id = Blobs.newId();

    BlobStore.Written written = store().write(id, InputStream.nullInputStream());

    assertThat(written.digest().hex()).startsWith("e3b0c44298fc1c14");
    assertThat(read(store().open(id, 0, 0))).isEmpty();
  }

  @Test
  void tornFileIsNeverThere() throws Exception {
    for (double share : new double[] {0, 0.01, 0.5, 0.999}) {
      byte[] all = random(2, 12_000_000);
      byte[] some = Arrays.copyOf(all, (int) (all.length * share));
      BlobId id = Blobs.newId();

      assertThatThrownBy(() ->
              store().write(id, new SequenceInputStream(new ByteArrayInputStream(some), torn())))
          .isInstanceOf(IOException.class);

      assertThatThrownBy(() -> read(store().open(id, 0, 1))).isInstanceOf(IOException.class);
      store().delete(id);
    }
  }

  @Test
  void partsInAnyOrderMakeOneFile() throws Exception {
    byte[] bytes = random(3, 2 * PART + 77);
    BlobId id = Blobs.newId();
    String session = store().begin(id);

    PartWritten third = part(id, session, 3, bytes);
    part(id, session, 1, random(4, bytes.length));
    PartWritten second = part(id, session, 2, bytes);
    PartWritten first = part(id, session, 1, bytes);
    assertThatThrownBy(() -> read(store().open(id, 0, 1))).isInstanceOf(IOException.class);
    BlobStore.Written written = store().finish(id, session, List.of(first, second, third));

    assertThat(written).isEqualTo(new BlobStore.Written(sha256(bytes), bytes.length));
    assertThat(read(store().open(id, PART - 5L, 10)))
        .isEqualTo(Arrays.copyOfRange(bytes, PART - 5, PART + 5));
  }

  @Test
  void tornPartCanBeWrittenAgain() throws Exception {
    byte[] bytes = random(5, PART + 1);
    BlobId id = Blobs.newId();
    String session = store().begin(id);
    InputStream half =
        new SequenceInputStream(new ByteArrayInputStream(random(6, PART / 2)), torn());

    assertThatThrownBy(() -> store().writePart(id, session, 1, 0, half, PART))
        .isInstanceOf(IOException.class);
    PartWritten first = part(id, session, 1, bytes);
    PartWritten second = part(id, session, 2, bytes);

    assertThat(store().finish(id, session, List.of(first, second)).digest())
        .isEqualTo(sha256(bytes));
  }

  @Test
  void finishingAgainFindsTheSameFile() throws Exception {
    byte[] bytes = random(7, 1_000);
    BlobId id = Blobs.newId();
    String session = store().begin(id);
    List<PartWritten> parts = List.of(part(id, session, 1, bytes));

    BlobStore.Written once = store().finish(id, session, parts);

    assertThat(store().finish(id, session, parts)).isEqualTo(once);
  }

  @Test
  void deletedFileIsGoneAndDeletingAgainIsNothing() throws Exception {
    BlobId whole = Blobs.newId();
    store().write(whole, new ByteArrayInputStream(random(8, 10)));
    BlobId parts = Blobs.newId();
    String session = store().begin(parts);
    part(parts, session, 1, random(9, 10));

    for (BlobId id : List.of(whole, parts, Blobs.newId(), whole)) {
      store().delete(id);
      assertThatThrownBy(() -> read(store().open(id, 0, 1))).isInstanceOf(IOException.class);
    }
  }

  private PartWritten part(BlobId id, String session, int number, byte[] all) throws IOException {
    int offset = (number - 1) * PART;
    byte[] bytes = Arrays.copyOfRange(all, offset, Math.min(all.length, offset + PART));
    return store()
        .writePart(id, session, number, offset, new ByteArrayInputStream(bytes), bytes.length);
  }

  private static InputStream torn() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        throw new IOException("the connection is gone");
      }
    };
  }

  static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  static Sha256 sha256(byte[] bytes) throws Exception {
    return Sha256.of(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  static byte[] read(BlobStore.Content content) throws IOException {
    return switch (content) {
      case BlobStore.Content.InFile(var file, var offset, var count) -> {
        try (FileChannel channel = FileChannel.open(file)) {
          yield Channels.newInputStream(channel.position(offset)).readNBytes((int) count);
        }
      }
      case BlobStore.Content.Streamed(var in, var count) -> {
        try (in) {
          yield in.readAllBytes();
        }
      }
    };
  }
}
