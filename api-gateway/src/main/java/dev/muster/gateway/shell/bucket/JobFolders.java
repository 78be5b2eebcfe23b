package dev.muster.gateway.shell.bucket;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.Federated;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.task.FederatedPayload;
import dev.muster.gateway.bucket.BucketUsage;
import dev.muster.gateway.bucket.Slug;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.config.StoreConfig;
import dev.muster.kit.Database;
import dev.muster.kit.Json;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.Optional;

/**
 * Folders of jobs in their owners' buckets: what tasks leave under {@code files_out/} and {@code
 * model_out/} is there when the job has ended (S0-10, S0-11). The folder is named after the job's
 * {@code client_ref}; two jobs that are named alike have two folders.
 */
@Singleton
public class JobFolders {
  private static final int CHOICES_MAX = 10_000;

  private final Database database;
  private final Buckets buckets;
  private final Blobs blobs;
  private final StoreConfig config;

  JobFolders(Database database, Buckets buckets, Blobs blobs, StoreConfig config) {
    this.database = database;
    this.buckets = buckets;
    this.blobs = blobs;
    this.config = config;
  }

  /** Whether an artifact of this name goes into the job's folder. */
  public static boolean takes(String name) {
    return name.startsWith("files_out/") || name.startsWith("model_out/");
  }

  /** To be called before any bytes are kept in a transaction that will promise an object. */
  public void enter(Tx tx, String tenant) {
    buckets.usage(tx, tenant);
    BucketRows.lock(tx, tenant);
  }

  /**
   * Promises that an artifact will be an object when its attempt succeeds, in the transaction that
   * writes the artifact.
   *
   * @return the bucket when it has no room; then nothing was promised
   */
  public Optional<BucketUsage> promise(
      Tx tx, String tenant, AttemptRef attempt, String artifact, String name, long bytes) {
    BucketUsage usage = buckets.usage(tx, tenant);
    if (!BucketRows.charge(tx, tenant, bytes, config.bucketBytesMax())) {
      return Optional.of(usage);
    }
    JobSpec spec = spec(tx, attempt.job());
    String place = place(spec, attempt.index(), name);
    Promises.make(
        tx,
        tenant,
        artifact,
        "jobs/" + claim(tx, tenant, attempt.job(), spec) + "/" + place,
        bytes);
    return Optional.empty();
  }

  private static String place(JobSpec spec, int index, String name) {
    Federated federated = spec.federated();
    if (federated != null) {
      return FederatedPayload.place(federated, index, name);
    }
    int slash = name.indexOf('/') + 1;
    return spec.taskCount() == 1
        ? name
        : name.substring(0, slash) + index + "/" + name.substring(slash);
  }

  private static JobSpec spec(Tx tx, JobId job) {
    for (Row row : tx.query("SELECT spec FROM gateway.submission WHERE job_id = $1", job.value())) {
      return Json.read(row.getString("spec"), JobSpec.class);
    }
    throw new IllegalStateException("Expected the job of an attempt that was admitted");
  }

  private static String claim(Tx tx, String tenant, JobId job, JobSpec spec) {
    Optional<String> there = BucketRows.folder(tx, tenant, job.value());
    if (there.isPresent()) {
      return there.get();
    }
    String id = job.value().toLowerCase(Locale.ROOT);
    String slug = Slug.of(spec.clientRef() == null ? "" : spec.clientRef(), id);
    for (int n = 1; n <= CHOICES_MAX; n++) {
      String choice = Slug.choice(slug, n);
      if (BucketRows.claimFolder(tx, tenant, choice, job.value())) {
        return choice;
      }
    }
    return id; // ids are nobody else's
  }

  /** The folder that is a job's: {@code jobs/…/}; empty while it has left nothing there. */
  public Optional<String> of(String tenant, JobId job) {
    return database
        .transaction(tx -> {
          Promises.settle(tx, blobs, tenant, config.bucketBytesMax());
          return BucketRows.folder(tx, tenant, job.value());
        })
        .map(slug -> "jobs/" + slug + "/");
  }
}
