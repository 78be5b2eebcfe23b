package dev.muster.gateway.shell.http;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.artifact.Artifact;
import dev.muster.gateway.artifact.ArtifactView;
import dev.muster.gateway.blob.Blob;
import dev.muster.gateway.blob.EntryName;
import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.shell.artifact.ArtifactRepository;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.blob.Staging;
import dev.muster.gateway.shell.blob.Staging.Expected;
import dev.muster.gateway.shell.config.StoreConfig;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.submission.FieldError;
import dev.muster.kit.Database;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files of a tenant: what its tasks left and what it uploads. */
@Path("/api/v1/artifacts")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class ArtifactResource {
  private final Caller caller;
  private final Database database;
  private final Blobs blobs;
  private final BlobAnswers answers;
  private final Cursors cursors;
  private final StoreConfig config;

  ArtifactResource(
      Caller caller,
      Database database,
      Blobs blobs,
      BlobAnswers answers,
      Cursors cursors,
      StoreConfig config) {
    this.caller = caller;
    this.database = database;
    this.blobs = blobs;
    this.answers = answers;
    this.cursors = cursors;
    this.config = config;
  }

  /** Lists artifacts, newest first. */
  @GET
  public String list(@Context UriInfo uri) {
    Query query = Query.of(uri, "job", "task", "name", "limit", "cursor");
    int limit = query.integer("limit", 1, 200, 50);
    Integer task = query.integer("task", 0, 999_999);
    String name = query.text("name");
    String job = query.text("job");
    JobId jobId = job == null ? null : jobId(query, job);
    query.check();
    String list = "artifacts?" + query.canonical();
    String tenant = caller.tenant();
    String before = cursors.read(tenant, list, query.text("cursor"));
    List<Artifact> found =
        database.transaction(tx ->
            ArtifactRepository.list(
                tx, tenant, new ArtifactRepository.Filter(jobId, task, name, before, limit + 1)));
    boolean more = found.size() > limit;
    List<Artifact> page = more ? found.subList(0, limit) : found;
    return ApiJson.text(
        new ListResource.Page(
            page.stream().map(ArtifactView::of).toList(),
            more ? cursors.write(tenant, list, page.getLast().id()) : null,
            more));
  }

  private static @Nullable JobId jobId(Query query, String text) {
    try {
      return JobId.parse(text);
    } catch (IllegalArgumentException e) {
      query.error("job", "format", "Expected the id of a job");
      return null;
    }
  }

  /** Uploads one file in one request. */
  @POST
  @Consumes(MediaType.APPLICATION_OCTET_STREAM)
  public Response upload(InputStream in, @Context RoutingContext context, @Context UriInfo uri) {
    Query.of(uri);
    String name = name(context.request().getHeader("X-Artifact-Filename"));
    Sha256 digest = digest(context.request().getHeader("X-Artifact-Sha256"));
    Staging staging = blobs.stage(in, new Expected(config.fileBytesMax(), null, digest));
    return switch (staging) {
      case Staging.Refused refused -> throw BlobAnswers.problem(refused);
      case Staging.Staged staged -> created(keep(name, staged));
    };
  }

  private Artifact keep(String name, Staging.Staged staged) {
    String tenant = caller.tenant();
    String id = newId();
    return database.transaction(tx -> {
      Blob blob = blobs.keep(tx, tenant, staged, Artifact.owner(id));
      Artifact kept = ArtifactRepository.add(tx, id, name, blob);
      if (!kept.id().equals(id)) {
        blobs.release(tx, List.of(Artifact.owner(id)));
      }
      return kept;
    });
  }

  static Response created(Artifact artifact) {
    return Response.status(201)
        .entity(ApiJson.text(ArtifactView.of(artifact)))
        .header("Location", "/api/v1/artifacts/" + artifact.id())
        .build();
  }

  /** The bytes of an artifact, or some of them. */
  @GET
  @Path("{id}")
  @Produces(MediaType.WILDCARD)
  public Response download(
      @PathParam("id") String id, @Context RoutingContext context, @Context UriInfo uri) {
    Query.of(uri);
    String tenant = caller.tenant();
    Artifact artifact = find(tenant, id);
    Blob blob =
        database
            .transaction(tx -> blobs.find(tx, tenant, artifact.digest()))
            .orElseThrow(() -> ProblemException.notFound("artifact"));
    return answers.of(context, blob, artifact.name());
  }

  /** What is known of an artifact. */
  @GET
  @Path("{id}/metadata")
  public String metadata(@PathParam("id") String id, @Context UriInfo uri) {
    Query.of(uri);
    return ApiJson.text(ArtifactView.of(find(caller.tenant(), id)));
  }

  /** Deletes an artifact; its bytes go when no other one has the same. */
  @DELETE
  @Path("{id}")
  public Response delete(@PathParam("id") String id, @Context UriInfo uri) {
    Query.of(uri);
    String tenant = caller.tenant();
    boolean deleted =
        Artifact.isId(id)
            && database.transaction(tx -> {
              boolean gone = ArtifactRepository.delete(tx, tenant, id);
              if (gone) {
                blobs.release(tx, List.of(Artifact.owner(id)));
              }
              return gone;
            });
    if (!deleted) {
      throw ProblemException.notFound("artifact");
    }
    return Response.noContent().build();
  }

  private Artifact find(String tenant, String id) {
    if (!Artifact.isId(id)) {
      throw ProblemException.notFound("artifact");
    }
    return database
        .transaction(tx -> ArtifactRepository.find(tx, tenant, id))
        .orElseThrow(() -> ProblemException.notFound("artifact"));
  }

  static String newId() {
    return Artifact.PREFIX + HttpEdge.newJobId().value();
  }

  /** The name in a header: percent-encoded where it is not ASCII. */
  static String name(@Nullable String header) {
    String name = header == null ? "" : decoded(header);
    EntryName.complaint(name)
        .ifPresent(complaint -> {
          throw invalid("/headers/X-Artifact-Filename", "name", complaint);
        });
    return name;
  }

  private static String decoded(String header) {
    if (EntryName.complaint(header).isPresent()) {
      return header; // told as it is
    }
    try {
      return URLDecoder.decode(header.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return header; // a percent sign that encodes nothing is one
    }
  }

  static @Nullable Sha256 digest(@Nullable String header) {
    if (header == null) {
      return null;
    }
    return Sha256.parse(header)
        .orElseThrow(() ->
            invalid(
                "/headers/X-Artifact-Sha256",
                "format",
                "Expected 64 hexadecimal digits in lower case"));
  }

  static ProblemException invalid(String pointer, String code, String detail) {
    return new ProblemException(
        ProblemKind.VALIDATION, detail, List.of(new FieldError(pointer, code, detail)));
  }
}
