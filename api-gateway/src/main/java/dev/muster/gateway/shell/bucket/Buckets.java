package dev.muster.gateway.shell.bucket;

import dev.muster.gateway.blob.Blob;
import dev.muster.gateway.bucket.BucketUsage;
import dev.muster.gateway.bucket.ListWish;
import dev.muster.gateway.bucket.Listing;
import dev.muster.gateway.bucket.ObjectKey;
import dev.muster.gateway.bucket.StoredObject;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.blob.Staging;
import dev.muster.gateway.shell.config.StoreConfig;
import dev.muster.kit.Database;
import dev.muster.kit.Tx;
import jakarta.inject.Singleton;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of tenants. Bytes are staged first, without a lock; then one transaction holds the
 * bucket's row, looks whether there is room, and writes. So the sum of all objects never passes the
 * quota, however many write at once. All calls block.
 */
@Singleton
public class Buckets {
  private final Database database;
  private final Blobs blobs;
  private final StoreConfig config;

  Buckets(Database database, Blobs blobs, StoreConfig config) {
    this.database = database;
    this.blobs = blobs;
    this.config = config;
  }

  /** What became of something that was to be written. */
  public sealed interface Outcome {
    /** It is an object. */
    record Written(StoredObject object) implements Outcome {}

    /** The bytes are not what was announced. */
    record Refused(Staging.Refused why) implements Outcome {}

    /** There is no room for them. */
    record NoRoom(BucketUsage usage, long bytes) implements Outcome {}

    /** The object is not as the writer expects it to be. */
    record Unexpected() implements Outcome {}

    /** What was to be copied or moved is not there. */
    record Missing() implements Outcome {}
  }

  /**
   * What must hold of the object that is written over.
   *
   * @param absent that there is none
   * @param etag that it has these bytes; null when it may have any
   */
  public record Condition(boolean absent, @Nullable String etag) {
    /** Nothing must hold. */
    public static final Condition NONE = new Condition(false, null);

    boolean holds(Optional<StoredObject> old) {
      return !(absent && old.isPresent())
          && (etag == null || old.isPresent() && old.get().digest().etag().equals(etag));
    }
  }

  /** The tenant's bucket, made when it has none. */
  public BucketUsage usage(String tenant) {
    return database.transaction(tx -> {
      Promises.settle(tx, blobs, tenant, config.bucketBytesMax());
      return usage(tx, tenant);
    });
  }

  /**
   * Gives a tenant's bucket another quota; what is in it stays, even if it is more.
   *
   * @param quotaBytes most bytes; null for what the configuration says
   * @return empty when there is no such tenant
   */
  public Optional<BucketUsage> changeQuota(String tenant, @Nullable Long quotaBytes) {
    return database.transaction(tx -> {
      Optional<BucketUsage> known = known(tx, tenant);
      if (known.isEmpty()) {
        return known;
      }
      BucketRows.changeQuota(tx, tenant, quotaBytes);
      return Optional.of(usage(tx, tenant));
    });
  }

  /** The bucket of a tenant; empty when there is no such tenant. */
  public Optional<BucketUsage> known(String tenant) {
    return tenant.indexOf(0) < 0 ? database.transaction(tx -> known(tx, tenant)) : Optional.empty();
  }

  private Optional<BucketUsage> known(Tx tx, String tenant) {
    return tx.query("SELECT FROM gateway.tenant WHERE id = $1", tenant).size() == 0
        ? Optional.empty()
        : Optional.of(usage(tx, tenant));
  }

  BucketUsage usage(Tx tx, String tenant) {
    Optional<BucketUsage> usage = BucketRows.usage(tx, tenant, config.bucketBytesMax());
    if (usage.isPresent()) {
      return usage.get();
    }
    BucketRows.ensure(tx, tenant, "b-" + Blobs.newId().value().toLowerCase(Locale.ROOT));
    return BucketRows.usage(tx, tenant, config.bucketBytesMax()).orElseThrow();
  }

  /**
   * Writes an object.
   *
   * @param expected what is known of the bytes
   */
  public Outcome put(
      String tenant,
      String key,
      String type,
      InputStream in,
      Staging.Expected expected,
      Condition condition) {
    Long bytes = expected.bytes();
    Optional<Outcome> hopeless = bytes == null ? Optional.empty() : hopeless(tenant, key, bytes);
    return hopeless.orElseGet(() ->
        switch (blobs.stage(in, expected)) {
          case Staging.Refused refused -> new Outcome.Refused(refused);
          case Staging.Staged staged -> keep(tenant, key, type, staged, condition);
        });
  }

  /** Bytes for which there is no room need not come; whether there is, is decided at the end. */
  private Optional<Outcome> hopeless(String tenant, String key, long bytes) {
    return database.transaction(tx -> {
      BucketUsage usage = usage(tx, tenant);
      long old = ObjectRows.find(tx, tenant, key).map(StoredObject::bytes).orElse(0L);
      return bytes > old && bytes - old > usage.quotaBytes() - usage.usedBytes()
          ? Optional.of(new Outcome.NoRoom(usage, bytes))
          : Optional.empty();
    });
  }

  /** Makes staged bytes an object, or gives them up. */
  Outcome keep(String tenant, String key, String type, Staging.Staged staged, Condition condition) {
    Outcome outcome =
        database.transaction(tx ->
            write(
                tx,
                tenant,
                new Draft(key, type, staged.bytes(), condition),
                id -> Optional.of(blobs.keep(tx, tenant, staged, StoredObject.owner(id)))));
    if (!(outcome instanceof Outcome.Written)) {
      blobs.discard(staged);
    }
    return outcome;
  }

  /** What is to be written. */
  record Draft(String key, String type, long bytes, Condition condition) {}

  /** Takes bytes for a version of an object; empty when there are none. */
  @FunctionalInterface
  interface Taking {
    Optional<Blob> take(String id);
  }

  Outcome write(Tx tx, String tenant, Draft draft, Taking taking) {
    BucketUsage usage = usage(tx, tenant);
    BucketRows.lock(tx, tenant);
    Optional<StoredObject> old = ObjectRows.find(tx, tenant, draft.key());
    if (!draft.condition().holds(old)) {
      return new Outcome.Unexpected();
    }
    long more = draft.bytes() - old.map(StoredObject::bytes).orElse(0L);
    if (!BucketRows.charge(tx, tenant, more, config.bucketBytesMax())) {
      return new Outcome.NoRoom(usage, draft.bytes());
    }
    String id = Blobs.newId().value();
    Blob blob =
        taking
            .take(id)
            .orElseThrow(() -> new IllegalStateException("Expected bytes, but they are gone"));
    StoredObject written =
        ObjectRows.put(tx, tenant, draft.key(), id, blob.digest(), blob.bytes(), draft.type());
    old.ifPresent(gone -> blobs.release(tx, List.of(StoredObject.owner(gone.id()))));
    return new Outcome.Written(written);
  }

  /** Writes an object with the bytes of another one; no byte is moved. */
  public Outcome copy(String tenant, String from, String key, Condition condition) {
    return database.transaction(tx -> {
      Promises.settle(tx, blobs, tenant, config.bucketBytesMax());
      usage(tx, tenant);
      BucketRows.lock(tx, tenant);
      Optional<StoredObject> source = ObjectRows.find(tx, tenant, from);
      if (source.isEmpty()) {
        return new Outcome.Missing();
      }
      StoredObject old = source.get();
      return write(
          tx,
          tenant,
          new Draft(key, old.contentType(), old.bytes(), condition),
          id -> blobs.share(tx, tenant, old.digest(), StoredObject.owner(id)));
    });
  }

  /**
   * Gives an object another key, or all below a folder when both keys end in a slash. Nothing is
   * written over.
   *
   * @return how many have moved; empty when a key is taken
   */
  public Optional<Integer> move(String tenant, String from, String to) {
    boolean folder = from.endsWith("/");
    String behind = folder ? ObjectKey.behind(from).orElse(null) : null;
    return database.transaction(tx -> {
      Promises.settle(tx, blobs, tenant, config.bucketBytesMax());
      usage(tx, tenant);
      BucketRows.lock(tx, tenant);
      return ObjectRows.isTaken(tx, tenant, from, to, behind)
          ? Optional.empty()
          : Optional.of(ObjectRows.move(tx, tenant, from, to, behind));
    });
  }

  /** An object. */
  public Optional<StoredObject> find(String tenant, String key) {
    return database.transaction(tx -> {
      Promises.settle(tx, blobs, tenant, config.bucketBytesMax());
      return ObjectRows.find(tx, tenant, key);
    });
  }

  /** The bytes of an object. */
  public Optional<Blob> blob(String tenant, StoredObject object) {
    return database.transaction(tx -> blobs.find(tx, tenant, object.digest()));
  }

  /** Deletes objects; those that are not there are as good as deleted. */
  public void delete(String tenant, List<String> keys) {
    database.transaction(tx -> {
      Promises.settle(tx, blobs, tenant, config.bucketBytesMax());
      BucketRows.lock(tx, tenant);
      ObjectRows.Gone gone = ObjectRows.delete(tx, tenant, keys);
      forget(tx, tenant, gone);
      return gone;
    });
  }

  /** What was deleted takes no room any more. */
  void forget(Tx tx, String tenant, ObjectRows.Gone gone) {
    if (!gone.owners().isEmpty()) {
      BucketRows.charge(tx, tenant, -gone.bytes(), config.bucketBytesMax());
      blobs.release(tx, gone.owners());
    }
  }

  /** A page of the bucket. */
  public Listing list(String tenant, ListWish wish) {
    return database.transaction(tx -> {
      Promises.settle(tx, blobs, tenant, config.bucketBytesMax());
      return list(tx, tenant, wish);
    });
  }

  private static Listing list(Tx tx, String tenant, ListWish wish) {
    List<StoredObject> objects = new ArrayList<>();
    List<String> folders = new ArrayList<>();
    String last = null;
    String from = wish.after() == null ? wish.prefix() : behind(wish, wish.after());
    while (from != null) {
      int room = wish.max() - objects.size() - folders.size();
      List<StoredObject> page = ObjectRows.page(tx, tenant, wish.prefix(), from, room + 1);
      from = null;
      for (StoredObject object : page) {
        if (objects.size() + folders.size() == wish.max()) {
          return new Listing(objects, folders, last);
        }
        String folder = wish.folder(object.key());
        if (folder != null) {
          folders.add(folder);
          last = folder;
          // What else is in the folder is skipped, not read.
          from = ObjectKey.behind(folder).orElse(null);
          break;
        }
        objects.add(object);
        last = object.key();
      }
    }
    return new Listing(objects, folders, null);
  }

  private static @Nullable String behind(ListWish wish, String after) {
    return after.equals(wish.folder(after))
        ? ObjectKey.behind(after).orElse(null)
        : after + "\u0001";
  }
}
