package dev.muster.gateway.shell.http;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.blob.Blob;
import dev.muster.gateway.bucket.BucketUsage;
import dev.muster.gateway.bucket.BucketView;
import dev.muster.gateway.bucket.ListWish;
import dev.muster.gateway.bucket.Listing;
import dev.muster.gateway.bucket.ObjectKey;
import dev.muster.gateway.bucket.ObjectView;
import dev.muster.gateway.bucket.Relocation;
import dev.muster.gateway.bucket.StoredObject;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.blob.Staging;
import dev.muster.gateway.shell.bucket.Buckets;
import dev.muster.gateway.shell.bucket.Deletions;
import dev.muster.gateway.shell.bucket.JobFolders;
import dev.muster.gateway.shell.config.StoreConfig;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.submission.FieldError;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The bucket of a tenant: what its jobs left there and what it keeps there. */
@Path("/api/v1/storage")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class StorageResource {
  /** After so long a deletion goes on without the one who asked; its Location tells how far. */
  private static final long DELETION_WAIT_NANOS = 5_000_000_000L;

  private final Caller caller;
  private final Requests requests;
  private final Buckets buckets;
  private final Deletions deletions;
  private final JobFolders folders;
  private final BlobAnswers answers;
  private final Cursors cursors;
  private final StoreConfig config;

  StorageResource(
      Caller caller,
      Requests requests,
      Buckets buckets,
      Deletions deletions,
      JobFolders folders,
      BlobAnswers answers,
      Cursors cursors,
      StoreConfig config) {
    this.caller = caller;
    this.requests = requests;
    this.buckets = buckets;
    this.deletions = deletions;
    this.folders = folders;
    this.answers = answers;
    this.cursors = cursors;
    this.config = config;
  }

  /** The bucket and how full it is. */
  @GET
  public String bucket(@Context UriInfo uri) {
    Query.of(uri);
    return ApiJson.text(BucketView.of(buckets.usage(caller.tenant())));
  }

  /** A page of a folder, or of all that begins with a prefix. */
  record ObjectPage(
      List<ObjectView> data, List<String> folders, @Nullable String nextCursor, boolean hasMore) {}

  /** Lists objects by the bytes of their keys. */
  @GET
  @Path("objects")
  public String list(@Context UriInfo uri) {
    Query query = Query.of(uri, "prefix", "delimiter", "limit", "cursor");
    int limit = query.integer("limit", 1, 1_000, 100);
    String prefix = Optional.ofNullable(query.text("prefix")).orElse("");
    String delimiter = Optional.ofNullable(query.text("delimiter")).orElse("");
    if (!delimiter.isEmpty() && !delimiter.equals("/")) {
      query.error("delimiter", "value", "Expected / or nothing");
    }
    query.check();
    String list = "storage?" + query.canonical();
    String tenant = caller.tenant();
    String after = cursors.read(tenant, list, query.text("cursor"));
    String start = prefix.startsWith("/") ? prefix.substring(1) : prefix;
    Listing page = buckets.list(tenant, new ListWish(start, delimiter, after, limit));
    return ApiJson.text(
        new ObjectPage(
            page.objects().stream().map(ObjectView::of).toList(),
            page.folders(),
            page.next() == null ? null : cursors.write(tenant, list, page.next()),
            page.next() != null));
  }

  /** The bytes of an object, or some of them. */
  @GET
  @Path("object")
  @Produces(MediaType.WILDCARD)
  public Response read(@Context RoutingContext context, @Context UriInfo uri) {
    String key = key(uri);
    StoredObject object =
        buckets.find(caller.tenant(), key).orElseThrow(() -> ProblemException.notFound("object"));
    Blob blob =
        buckets
            .blob(caller.tenant(), object)
            .orElseThrow(() -> ProblemException.notFound("object"));
    return answers.of(context, blob, key);
  }

  /** Writes an object, over the one that is there. */
  @PUT
  @Path("object")
  @Consumes(MediaType.WILDCARD)
  public Response write(InputStream in, @Context RoutingContext context, @Context UriInfo uri) {
    String key = key(uri);
    String type = context.request().getHeader("Content-Type");
    String length = context.request().getHeader("Content-Length");
    Buckets.Outcome outcome =
        buckets.put(
            caller.tenant(),
            key,
            type == null || type.length() > 200 ? MediaType.APPLICATION_OCTET_STREAM : type,
            in,
            new Staging.Expected(
                config.fileBytesMax(),
                length == null ? null : Long.valueOf(length),
                ArtifactResource.digest(context.request().getHeader("X-Artifact-Sha256"))),
            Buckets.Condition.NONE);
    return Response.status(201).entity(ApiJson.text(ObjectView.of(written(outcome)))).build();
  }

  private static StoredObject written(Buckets.Outcome outcome) {
    return switch (outcome) {
      case Buckets.Outcome.Written(StoredObject object) -> object;
      case Buckets.Outcome.Refused(Staging.Refused why) -> throw BlobAnswers.problem(why);
      case Buckets.Outcome.NoRoom(BucketUsage usage, long bytes) -> throw noRoom(usage, bytes);
      case Buckets.Outcome.Unexpected() -> throw ProblemException.notFound("object");
      case Buckets.Outcome.Missing() -> throw ProblemException.notFound("object");
    };
  }

  /** The problem of a bucket that is full. */
  static ProblemException noRoom(BucketUsage usage, long bytes) {
    return new ProblemException(
        ProblemKind.QUOTA_EXCEEDED,
        "Expected room for "
            + bytes
            + " bytes, but "
            + usage.usedBytes()
            + " of "
            + usage.quotaBytes()
            + " are used");
  }

  /** Deletes an object. */
  @DELETE
  @Path("object")
  public Response delete(@Context UriInfo uri) {
    buckets.delete(caller.tenant(), List.of(key(uri)));
    return Response.noContent().build();
  }

  /** What a move came to. */
  record Moved(int moved) {}

  /** Gives an object another key, or a folder another name; nothing is written over. */
  @POST
  @Path("move")
  @Consumes(MediaType.APPLICATION_JSON)
  public String move(InputStream in, @Context HttpHeaders headers, @Context UriInfo uri) {
    Query.of(uri);
    List<FieldError> errors = new ArrayList<>();
    Relocation wish =
        requests.withBody(
            headers,
            in,
            body -> Relocation.read(JsonBody.read(body, BodyShape.PLAIN).root(), errors));
    if (!errors.isEmpty()) {
      throw new ProblemException(
          ProblemKind.VALIDATION, errors.size() + " field(s) are wrong", errors);
    }
    int moved =
        buckets
            .move(caller.tenant(), wish.from(), wish.to())
            .orElseThrow(() ->
                new ProblemException(
                    ProblemKind.NAME_TAKEN,
                    "Expected keys that are free, but there is an object under one"));
    if (moved == 0) {
      throw ProblemException.notFound("object");
    }
    return ApiJson.text(new Moved(moved));
  }

  /** Deletes a folder with all below it. What it cannot do within seconds goes on by itself. */
  @DELETE
  @Path("folder")
  public Response deleteFolder(@Context UriInfo uri) {
    Query query = Query.of(uri, "prefix");
    String prefix = query.text("prefix");
    if (prefix == null || ObjectKey.folder(prefix).isEmpty()) {
      query.error("prefix", "required", "Expected a folder");
    }
    query.check();
    String tenant = caller.tenant();
    Deletions.Deletion deletion =
        deletions.begin(tenant, ObjectKey.folder(prefix == null ? "" : prefix));
    long deadline = System.nanoTime() + DELETION_WAIT_NANOS;
    boolean more = true;
    while (more && System.nanoTime() - deadline < 0) {
      more = deletions.step(deletion.id());
    }
    Deletions.Deletion now = deletions.find(tenant, deletion.id()).orElse(deletion);
    return Response.status(now.doneAt() == null ? 202 : 200)
        .entity(ApiJson.text(now))
        .header("Location", "/api/v1/storage/deletions/" + now.id())
        .build();
  }

  /** How far a deletion has come. */
  @GET
  @Path("deletions/{id}")
  public String deletion(@PathParam("id") String id, @Context UriInfo uri) {
    Query.of(uri);
    return ApiJson.text(
        deletions
            .find(caller.tenant(), id)
            .orElseThrow(() -> ProblemException.notFound("deletion")));
  }

  /** Where a job's files are. */
  record JobFolder(String jobId, String folder) {}

  /** The folder that is a job's. */
  @GET
  @Path("jobs/{id}")
  public String jobFolder(@PathParam("id") String id, @Context UriInfo uri) {
    Query.of(uri);
    JobId job = Requests.jobId(id);
    return ApiJson.text(
        new JobFolder(
            job.external(),
            folders
                .of(caller.tenant(), job)
                .orElseThrow(() -> ProblemException.notFound("folder"))));
  }

  private static String key(UriInfo uri) {
    Query query = Query.of(uri, "key");
    String text = query.text("key");
    String key = text == null ? "" : text.startsWith("/") ? text.substring(1) : text;
    ObjectKey.complaint(key).ifPresent(complaint -> query.error("key", "key", complaint));
    query.check();
    return key;
  }
}
