package dev.muster.gateway.shell.blob;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.gateway.blob.Blob;
import dev.muster.gateway.shell.blob.Staging.Expected;
import dev.muster.gateway.shell.blob.Staging.Reason;
import dev.muster.gateway.shell.blob.Staging.Refused;
import dev.muster.gateway.shell.blob.Staging.Staged;
import dev.muster.kit.Database;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
class BlobsIT {
  @Inject Blobs blobs;
  @Inject BlobCollector collector;
  @Inject Database database;

  @Test
  void equalBytesOfOneTenantAreKeptOnce() throws Exception {
    Blob first = keep("one", "owner-a", bytes("same"));
    Blob second = keep("one", "owner-b", bytes("same"));
    Blob others = keep("two", "owner-c", bytes("same"));

    assertThat(second).isEqualTo(first);
    assertThat(others.id()).isNotEqualTo(first.id());
    assertThat(others.digest()).isEqualTo(first.digest());
  }

  @Test
  void bytesLiveAsLongAsOneOwnerHasThem() throws Exception {
    Blob blob = keep("one", "life-a", bytes("shared by two"));
    database.transaction(tx -> blobs.share(tx, "one", blob.digest(), "life-b"));

    release("life-a");
    release("life-a");
    collector.collect();
    assertThat(read(blob)).isEqualTo(bytes("shared by two"));

    release("life-b");
    collector.collect();
    assertThat(found("one", blob)).isEmpty();
    assertThat(isStored(blob)).isFalse();
  }

  @Test
  void anotherTenantsDigestIsUnknown() throws Exception {
    Blob blob = keep("one", "private", bytes("secret of one"));

    assertThat(found("two", blob)).isEmpty();
    Optional<Blob> shared =
        database.transaction(tx -> blobs.share(tx, "two", blob.digest(), "thief"));
    assertThat(shared).isEmpty();
  }

  @Test
  void bytesThatAreNotWhatWasAnnouncedAreRefusedAndCollected() throws Exception {
    byte[] bytes = bytes("announced otherwise");
    long before = loose();

    assertThat(refusal(bytes, new Expected(5, null, null))).isEqualTo(Reason.TOO_LARGE);
    assertThat(refusal(bytes, new Expected(99, 7L, null))).isEqualTo(Reason.TOO_LARGE);
    assertThat(refusal(bytes, new Expected(99, 98L, null))).isEqualTo(Reason.LENGTH);
    assertThat(refusal(bytes, new Expected(99, null, BlobStoreContract.sha256(bytes("x")))))
        .isEqualTo(Reason.CHECKSUM);
    InputStream torn =
        new SequenceInputStream(
            new ByteArrayInputStream(bytes),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("gone");
              }
            });
    assertThat(((Refused) blobs.stage(torn, Expected.atMost(99))).reason())
        .isEqualTo(Reason.BROKEN_OFF);

    collector.collect();
    assertThat(loose()).isLessThanOrEqualTo(before);
  }

  @Test
  void bytesNobodyKeepsAreCollectedOnceTheirTimeIsOver() throws Exception {
    Staged staged =
        (Staged) blobs.stage(new ByteArrayInputStream(bytes("orphan")), Expected.atMost(99));
    collector.collect();
    assertThat(isStored(staged)).isTrue();

    // What remains after a crash between the write and the commit, an hour later.
    database.transaction(tx ->
        tx.update(
            "UPDATE gateway.blob_loose SET delete_after = now() - interval '1 s' WHERE id = $1",
            staged.id().value()));
    collector.collect();

    assertThat(isStored(staged)).isFalse();
  }

  @Test
  void fileOfAHalfDoneDeletionIsDeletedByTheNextRound() throws Exception {
    Blob blob = keep("one", "crash", bytes("crashed collector"));
    release("crash");
    database.transaction(tx -> BlobRows.dropUnreferenced(tx, java.time.Duration.ZERO, 1_000));
    assertThat(isStored(blob)).isTrue();

    collector.collect();

    assertThat(isStored(blob)).isFalse();
    assertThat(keep("one", "crash", bytes("crashed collector")).id()).isNotEqualTo(blob.id());
  }

  /** Owners come and go while the collector works; nobody ever loses what it holds. */
  @Test
  void whatIsHeldIsReadableWhileOthersReleaseAndTheCollectorRuns() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      List<Future<Boolean>> runs = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        int seed = i;
        Callable<Boolean> history = () -> history(seed);
        runs.add(threads.submit(history));
      }
      for (Future<Boolean> run : runs) {
        assertThat(run.get()).isTrue();
      }
    }
    collector.collect();
    assertThat(count("SELECT count(*) FROM gateway.blob WHERE tenant = $1", "busy")).isZero();
  }

  private boolean history(int seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    for (int step = 0; step < 40; step++) {
      byte[] bytes = bytes("content " + random.nextInt(4));
      String owner = "busy-" + seed + "-" + step;
      Blob blob = keep("busy", owner, bytes);
      if (random.nextInt(3) == 0) {
        collector.collect();
      }
      assertThat(read(blob)).isEqualTo(bytes);
      release(owner);
    }
    return true;
  }

  private Blob keep(String tenant, String owner, byte[] bytes) {
    Staged staged = (Staged) blobs.stage(new ByteArrayInputStream(bytes), Expected.atMost(1_000));
    return database.transaction(tx -> blobs.keep(tx, tenant, staged, owner));
  }

  private Optional<Blob> found(String tenant, Blob blob) {
    return database.transaction(tx -> blobs.find(tx, tenant, blob.digest()));
  }

  private void release(String owner) {
    database.transaction(tx -> {
      blobs.release(tx, List.of(owner));
      return owner;
    });
  }

  private Reason refusal(byte[] bytes, Expected expected) {
    return ((Refused) blobs.stage(new ByteArrayInputStream(bytes), expected)).reason();
  }

  private byte[] read(Blob blob) throws IOException {
    return BlobStoreContract.read(blobs.open(blob, 0, blob.bytes()));
  }

  private boolean isStored(Blob blob) {
    try {
      blobs.store().open(blob.id(), 0, 1);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private boolean isStored(Staged staged) {
    return isStored(new Blob(staged.id(), "", staged.digest(), staged.bytes()));
  }

  private long loose() {
    return database.transaction(
        tx -> tx.query("SELECT count(*) FROM gateway.blob_loose").iterator().next().getLong(0));
  }

  private long count(String sql, String argument) {
    return database.transaction(tx -> tx.query(sql, argument).iterator().next().getLong(0));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }
}
