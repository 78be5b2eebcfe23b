package dev.muster.gateway.shell.http;

import dev.muster.gateway.artifact.Artifact;
import dev.muster.gateway.artifact.DirectRight;
import dev.muster.gateway.blob.Blob;
import dev.muster.gateway.shell.artifact.ArtifactRepository;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.blob.Staging;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.kit.Database;
import dev.muster.kit.Tx;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Rights to bring announced bytes, as signed texts, and what becomes of the bytes. */
@Singleton
public class DirectUploads {
  private final Database database;
  private final Blobs blobs;
  private final Secrets secrets;

  DirectUploads(Database database, Blobs blobs, Secrets secrets) {
    this.database = database;
    this.blobs = blobs;
    this.secrets = secrets;
  }

  /** The right as a text that nobody else can make. */
  String signed(DirectRight right) {
    return right.text() + "." + signature(right.text());
  }

  /** The right that a text is, while it holds. */
  Optional<DirectRight> verified(String text) {
    int dot = text.lastIndexOf('.');
    if (dot < 0
        || !MessageDigest.isEqual(
            signature(text.substring(0, dot)).getBytes(StandardCharsets.US_ASCII),
            text.substring(dot + 1).getBytes(StandardCharsets.UTF_8))) {
      return Optional.empty();
    }
    Instant now = database.transaction(Tx::now);
    return DirectRight.read(text.substring(0, dot)).filter(right -> right.expiresAt().isAfter(now));
  }

  /** Makes bytes that the tenant has already an artifact; empty when it has them not. */
  Optional<Artifact> share(Tx tx, DirectRight right) {
    String id = ArtifactResource.newId();
    return blobs
        .share(tx, right.tenant(), right.digest(), Artifact.owner(id))
        .map(blob -> add(tx, id, right.name(), blob));
  }

  /** Makes bytes that have come an artifact. */
  Artifact keep(DirectRight right, Staging.Staged staged) {
    String id = ArtifactResource.newId();
    return database.transaction(tx ->
        add(tx, id, right.name(), blobs.keep(tx, right.tenant(), staged, Artifact.owner(id))));
  }

  private Artifact add(Tx tx, String id, String name, Blob blob) {
    Artifact kept = ArtifactRepository.add(tx, id, name, blob);
    if (!kept.id().equals(id)) {
      blobs.release(tx, List.of(Artifact.owner(id)));
    }
    return kept;
  }

  private String signature(String text) {
    return HexFormat.of().formatHex(secrets.mac("upload\n" + text));
  }
}
