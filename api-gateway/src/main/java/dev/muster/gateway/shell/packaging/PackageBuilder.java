package dev.muster.gateway.shell.packaging;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.artifact.Artifact;
import dev.muster.gateway.packaging.ManifestView;
import dev.muster.gateway.packaging.PackageLayout;
import dev.muster.gateway.packaging.PackedFile;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.blob.Staging;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.shell.store.TaskRepository;
import dev.muster.gateway.view.Alias;
import dev.muster.gateway.view.JobView;
import dev.muster.gateway.view.JsonText;
import dev.muster.kit.Database;
import jakarta.inject.Singleton;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Builds a job's package into the store, without holding more of it than a few pages. */
@Singleton
final class PackageBuilder {
  /** Room for the manifest of as many files as a package may have. */
  private static final long MANIFEST_BYTES_MAX = 1L << 30;

  private final PackageConfig config;
  private final PackageReader reader;
  private final Blobs blobs;
  private final SigningKeys keys;
  private final Secrets secrets;
  private final Database database;

  PackageBuilder(
      PackageConfig config,
      Database database,
      TaskRepository tasks,
      Blobs blobs,
      SigningKeys keys,
      Secrets secrets) {
    this.config = config;
    this.reader = new PackageReader(database, tasks, blobs);
    this.blobs = blobs;
    this.keys = keys;
    this.secrets = secrets;
    this.database = database;
  }

  /**
   * A package whose bytes are durable and nobody's yet.
   *
   * @param archive the zip
   * @param manifest what is in it
   * @param signature of the manifest, base64
   * @param keyId the key that signed
   * @param files how many files the archive has
   */
  record Built(
      Staging.Staged archive, Staging.Staged manifest, String signature, String keyId, int files) {}

  /** The job's metadata as it is packed, with what its results come to. */
  private record Metadata(
      JobView job, @Nullable JsonText summary, @Nullable JsonText aggregateResult) {}

  /** Builds the package of a job that has ended. */
  Built build(String tenant, JobRepository.Found job) {
    JobId id = job.stored().id();
    Map<String, String> expected = new HashMap<>();
    List<PackedFile> files = new ArrayList<>();
    Instant ended = Objects.requireNonNull(job.facts().times().ended());
    ZipStream zip =
        new ZipStream(
            entries(tenant, job, expected),
            ended,
            file -> {
              check(file, expected.remove(file.name()));
              files.add(file);
            });
    Staging.Staged archive = staged(blobs.stage(zip, Staging.Expected.atMost(Long.MAX_VALUE)));
    long omitted = Math.max(0, reader.fileCount(tenant, id) - config.filesMax());
    ManifestView manifest =
        ManifestView.of(
            id,
            job.facts().status(),
            database.transaction(tx -> tx.now()),
            archive.digest(),
            archive.bytes(),
            files,
            omitted);
    byte[] text = (ApiJson.text(manifest) + "\n").getBytes(StandardCharsets.UTF_8);
    Staging.Staged signed =
        staged(
            blobs.stage(
                new ByteArrayInputStream(text), Staging.Expected.atMost(MANIFEST_BYTES_MAX)));
    return new Built(archive, signed, keys.sign(text), keys.id(), files.size());
  }

  /** The store must give back what was put in. */
  private static void check(PackedFile file, @Nullable String digest) {
    if (digest != null && !digest.equals(file.digest().hex())) {
      throw new PackageFailedException(
          "Expected "
              + file.name()
              + " with the SHA-256 that it came with, but the store gave other bytes",
          null);
    }
  }

  private static Staging.Staged staged(Staging staging) {
    return switch (staging) {
      case Staging.Staged staged -> staged;
      case Staging.Refused refused -> throw new PackageFailedException(refused.detail(), null);
    };
  }

  /**
   * What is packed, in its order: folders where something must be there even if it is empty.
   *
   * @param expected takes the digests of files whose bytes are known
   */
  private Iterator<ZipStream.Entry> entries(
      String tenant, JobRepository.Found job, Map<String, String> expected) {
    JobId id = job.stored().id();
    PackageLayout layout = new PackageLayout(id, Math.max(1, job.stored().spec().taskCount()));
    Alias alias = new Alias(secrets::mac, tenant);
    Metadata metadata =
        new Metadata(
            JobView.of(job.stored(), job.facts()), job.facts().summary(), job.facts().aggregate());
    Stream<ZipStream.Entry> fixed =
        Stream.of(
            folder(layout.root()),
            text(layout.metadata(), () -> List.of(ApiJson.text(metadata) + "\n").iterator()),
            text(
                layout.result(),
                () -> layout.tasks() == 1 ? reader.onlyResult(id) : reader.allResults(id)),
            folder(layout.logs()),
            text(layout.stdout(), () -> log(layout, reader.outputs(id, alias), false)),
            text(layout.stderr(), () -> log(layout, reader.outputs(id, alias), true)),
            folder(layout.artifacts()));
    Iterator<Artifact> files = reader.files(tenant, id);
    Iterable<Artifact> all = () -> files;
    return Stream.concat(
            fixed,
            StreamSupport.stream(all.spliterator(), false)
                .limit(config.filesMax())
                .map(file -> {
                  String name = layout.artifact(source(file).taskIndex(), file.name());
                  expected.put(name, file.digest().hex());
                  return new ZipStream.Entry(
                      name, () -> reader.open(tenant, file), reader.measured(tenant, file));
                }))
        .iterator();
  }

  private static Artifact.Source source(Artifact file) {
    return Objects.requireNonNull(file.source());
  }

  /** What the tasks wrote to one of the streams; those that wrote nothing there are left out. */
  private static Iterator<String> log(
      PackageLayout layout, Iterator<PackageReader.Written> outputs, boolean errors) {
    Iterable<PackageReader.Written> all = () -> outputs;
    return StreamSupport.stream(all.spliterator(), false)
        .map(written -> Map.entry(written.index(), written.output().text(errors)))
        .filter(text -> !text.getValue().isEmpty())
        .map(text -> layout.heading(text.getKey()) + ended(text.getValue()))
        .iterator();
  }

  /** A heading stands on a line of its own. */
  private static String ended(String text) {
    return text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
  }

  private static ZipStream.Entry folder(String name) {
    return new ZipStream.Entry(name, null, null);
  }

  /** Opens pages of text when their turn comes. */
  private interface Texts {
    Iterator<String> open();
  }

  private static ZipStream.Entry text(String name, Texts texts) {
    return new ZipStream.Entry(name, () -> new PagedText(texts.open()), null);
  }
}
