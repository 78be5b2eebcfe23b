package dev.muster.gateway.shell.http;

import dev.muster.gateway.artifact.Artifact;
import dev.muster.gateway.artifact.ArtifactView;
import dev.muster.gateway.artifact.DirectRight;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.config.StoreConfig;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.submission.FieldError;
import dev.muster.gateway.submission.FileAnnouncement;
import dev.muster.kit.Database;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Uploads that are announced by their digest (U2-03): what the tenant has already need not come,
 * and what does comes to a URL that takes exactly those bytes and needs no key.
 */
@Path("/api/v1/artifacts/direct")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class DirectUploadResource {
  private static final Duration LIFE = Duration.ofMinutes(15);

  private final Caller caller;
  private final Requests requests;
  private final Database database;
  private final Blobs blobs;
  private final DirectUploads uploads;
  private final StoreConfig config;

  DirectUploadResource(
      Caller caller,
      Requests requests,
      Database database,
      Blobs blobs,
      DirectUploads uploads,
      StoreConfig config) {
    this.caller = caller;
    this.requests = requests;
    this.database = database;
    this.blobs = blobs;
    this.uploads = uploads;
    this.config = config;
  }

  /**
   * What is told of an announcement.
   *
   * @param artifact the artifact, when its bytes are there already
   * @param uploadUrl where they go, when they are not
   * @param expiresAt when that ends
   */
  record Direct(
      @Nullable ArtifactView artifact,
      @Nullable String uploadUrl,
      @Nullable String method,
      @Nullable Instant expiresAt) {}

  /** Announces a file; 201 when it is an artifact at once, 200 when its bytes must come. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  public Response announce(InputStream in, @Context HttpHeaders headers, @Context UriInfo uri) {
    Query.of(uri);
    DirectRight wish = requests.withBody(headers, in, this::wish);
    record Known(Optional<Artifact> artifact, Instant now) {}
    Known known =
        database.transaction(tx ->
            new Known(
                blobs
                    .find(tx, wish.tenant(), wish.digest())
                    .filter(blob -> blob.bytes() == wish.bytes())
                    .flatMap(blob -> uploads.share(tx, wish)),
                tx.now()));
    if (known.artifact().isPresent()) {
      return Response.status(201)
          .entity(
              ApiJson.text(new Direct(ArtifactView.of(known.artifact().get()), null, null, null)))
          .build();
    }
    DirectRight right =
        new DirectRight(
            wish.tenant(), wish.name(), wish.bytes(), wish.digest(), known.now().plus(LIFE));
    return Response.ok(
            ApiJson.text(
                new Direct(
                    null,
                    "/upload/v1/" + uploads.signed(right),
                    "PUT",
                    Instant.ofEpochSecond(right.expiresAt().getEpochSecond()))))
        .build();
  }

  private DirectRight wish(RequestBody body) {
    List<FieldError> errors = new ArrayList<>();
    FileAnnouncement announced =
        FileAnnouncement.read(
            JsonBody.read(body, BodyShape.PLAIN).root(), config.fileBytesMax(), errors);
    if (announced.sha256() == null && errors.isEmpty()) {
      errors.add(new FieldError("/sha256", "required", "Expected the SHA-256 of the bytes"));
    }
    if (!errors.isEmpty() || announced.sha256() == null) {
      throw new ProblemException(
          ProblemKind.VALIDATION, errors.size() + " field(s) are wrong", errors);
    }
    return new DirectRight(
        caller.tenant(), announced.filename(), announced.size(), announced.sha256(), Instant.EPOCH);
  }
}
