package dev.muster.gateway.shell.http;

import dev.muster.gateway.artifact.Artifact;
import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.shell.artifact.Upload;
import dev.muster.gateway.shell.artifact.Uploads;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.blob.BlobParts;
import dev.muster.gateway.shell.config.StoreConfig;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.submission.FieldError;
import dev.muster.gateway.submission.FileAnnouncement;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Uploads of large files in parts that can be sent again. */
@Path("/api/v1/artifacts/uploads")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class UploadResource {
  private final Caller caller;
  private final Requests requests;
  private final Uploads uploads;
  private final StoreConfig config;

  UploadResource(Caller caller, Requests requests, Uploads uploads, StoreConfig config) {
    this.caller = caller;
    this.requests = requests;
    this.uploads = uploads;
    this.config = config;
  }

  /** An upload as the API shows it. */
  record View(
      String uploadId,
      String filename,
      long sizeBytes,
      long partBytes,
      int parts,
      List<Integer> partsPresent,
      Instant expiresAt) {
    static View of(Upload upload, List<Integer> present) {
      return new View(
          upload.id(),
          upload.name(),
          upload.bytes(),
          upload.partBytes(),
          upload.parts(),
          present,
          upload.expiresAt());
    }
  }

  /** A part that is there. */
  record PartView(int part, String sha256) {}

  /** Begins an upload of a file whose size is known. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  public Response begin(InputStream in, @Context HttpHeaders headers, @Context UriInfo uri) {
    Query.of(uri);
    FileAnnouncement announced = requests.withBody(headers, in, this::announcement);
    Upload upload =
        uploads.begin(
            caller.tenant(),
            "upl_" + HttpEdge.newJobId().value(),
            announced.filename(),
            announced.size(),
            announced.sha256());
    return Response.status(201)
        .entity(ApiJson.text(View.of(upload, List.of())))
        .header("Location", "/api/v1/artifacts/uploads/" + upload.id())
        .build();
  }

  /** What is there of an upload. */
  @GET
  @Path("{id}")
  public String get(@PathParam("id") String id, @Context UriInfo uri) {
    Query.of(uri);
    Upload upload = find(id);
    return ApiJson.text(View.of(upload, uploads.present(upload)));
  }

  /** Takes one part; the same number again replaces it. */
  @PUT
  @Path("{id}/parts/{number}")
  @Consumes(MediaType.APPLICATION_OCTET_STREAM)
  public String put(
      @PathParam("id") String id,
      @PathParam("number") String number,
      InputStream in,
      @Context RoutingContext context,
      @Context UriInfo uri) {
    Query.of(uri);
    Upload upload = find(id);
    int part = number(number, upload.parts());
    Sha256 digest = ArtifactResource.digest(context.request().getHeader("X-Artifact-Sha256"));
    BlobParts.Outcome outcome =
        uploads
            .put(upload, part, in, digest)
            .orElseThrow(() -> ProblemException.notFound("upload"));
    return switch (outcome) {
      case BlobParts.Outcome.Part(var written, var sha256) ->
          ApiJson.text(new PartView(written.number(), sha256.hex()));
      case BlobParts.Outcome.Refused(var refused) -> throw BlobAnswers.problem(refused);
    };
  }

  /** Makes the parts an artifact. */
  @POST
  @Path("{id}/complete")
  @Consumes(MediaType.APPLICATION_JSON)
  public Response complete(
      @PathParam("id") String id,
      InputStream in,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    Query.of(uri);
    Sha256 digest = requests.withBody(headers, in, UploadResource::digest).orElse(null);
    return switch (uploads.complete(caller.tenant(), id, ArtifactResource.newId(), digest)) {
      case Uploads.Completion.Completed(Artifact artifact) -> ArtifactResource.created(artifact);
      case Uploads.Completion.Incomplete(var missing) ->
          throw new ProblemException(
              ProblemKind.UPLOAD_INCOMPLETE,
              "Expected all parts, but these are missing: " + missing);
      case Uploads.Completion.Wrong(var refused) -> throw BlobAnswers.problem(refused);
      case Uploads.Completion.Unknown() -> throw ProblemException.notFound("upload");
    };
  }

  /** Gives an upload up. */
  @DELETE
  @Path("{id}")
  public Response abort(@PathParam("id") String id, @Context UriInfo uri) {
    Query.of(uri);
    if (!uploads.abort(caller.tenant(), id)) {
      throw ProblemException.notFound("upload");
    }
    return Response.noContent().build();
  }

  private Upload find(String id) {
    return uploads.find(caller.tenant(), id).orElseThrow(() -> ProblemException.notFound("upload"));
  }

  private static int number(String text, int parts) {
    if (text.matches("[1-9][0-9]{0,4}") && Integer.parseInt(text) <= parts) {
      return Integer.parseInt(text);
    }
    throw ProblemException.notFound("part");
  }

  private FileAnnouncement announcement(RequestBody body) {
    List<FieldError> errors = new ArrayList<>();
    FileAnnouncement announced =
        FileAnnouncement.read(
            JsonBody.read(body, BodyShape.PLAIN).root(), config.fileBytesMax(), errors);
    check(errors);
    return announced;
  }

  private static Optional<Sha256> digest(RequestBody body) {
    List<FieldError> errors = new ArrayList<>();
    Sha256 digest = FileAnnouncement.digest(JsonBody.read(body, BodyShape.PLAIN).root(), errors);
    check(errors);
    return Optional.ofNullable(digest);
  }

  private static void check(List<FieldError> errors) {
    if (!errors.isEmpty()) {
      throw new ProblemException(
          ProblemKind.VALIDATION, errors.size() + " field(s) are wrong", errors);
    }
  }
}
