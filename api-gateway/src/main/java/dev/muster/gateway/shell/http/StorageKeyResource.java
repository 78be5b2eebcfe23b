package dev.muster.gateway.shell.http;

import dev.muster.gateway.bucket.ObjectKey;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.bucket.BucketKeys;
import dev.muster.gateway.shell.bucket.Buckets;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.shell.s3.S3Access;
import dev.muster.gateway.submission.FieldError;
import dev.muster.gateway.submission.FieldReader;
import dev.muster.gateway.submission.JsonValue;
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
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Who may use a bucket: keys of S3 clients, and URLs for one object. */
@Path("/api/v1/storage")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class StorageKeyResource {
  private static final int LABEL_MAX = 128;

  private final Caller caller;
  private final Requests requests;
  private final Buckets buckets;
  private final BucketKeys keys;
  private final S3Access access;

  StorageKeyResource(
      Caller caller, Requests requests, Buckets buckets, BucketKeys keys, S3Access access) {
    this.caller = caller;
    this.requests = requests;
    this.buckets = buckets;
    this.keys = keys;
    this.access = access;
  }

  /** What is told of a new key; the secret is never shown again. */
  record NewKey(
      String accessKeyId, String secretAccessKey, String bucket, String label, Instant createdAt) {}

  /** What is told of a key. */
  record KeyView(String accessKeyId, String label, Instant createdAt) {}

  /** Makes a key. */
  @POST
  @Path("keys")
  @Consumes(MediaType.APPLICATION_JSON)
  public Response create(InputStream in, @Context HttpHeaders headers, @Context UriInfo uri) {
    Query.of(uri);
    String label =
        read(
            headers,
            in,
            reader -> {
              String text = reader.text("label", LABEL_MAX);
              return text == null ? "" : text;
            });
    BucketKeys.Key key =
        keys.create(caller.tenant(), label)
            .orElseThrow(() ->
                new ProblemException(
                    ProblemKind.TOO_MANY_KEYS,
                    "Expected at most " + BucketKeys.KEYS_MAX + " keys, but there are as many"));
    return Response.status(201)
        .entity(
            ApiJson.text(
                new NewKey(
                    key.id(),
                    keys.secret(key.id()),
                    buckets.usage(caller.tenant()).alias(),
                    key.label(),
                    key.createdAt())))
        .build();
  }

  /** The keys that hold. */
  @GET
  @Path("keys")
  public String list(@Context UriInfo uri) {
    Query.of(uri);
    return ApiJson.text(
        new ListResource.Page(
            keys.list(caller.tenant()).stream()
                .map(key -> new KeyView(key.id(), key.label(), key.createdAt()))
                .toList(),
            null,
            false));
  }

  /** Ends a key at once. */
  @DELETE
  @Path("keys/{id}")
  public Response revoke(@PathParam("id") String id, @Context UriInfo uri) {
    Query.of(uri);
    if (!keys.revoke(caller.tenant(), id)) {
      throw ProblemException.notFound("key");
    }
    return Response.noContent().build();
  }

  private record UrlWish(String key, String method) {}

  /** A URL by which anybody can read an object for an hour, or write it for 15 minutes. */
  @POST
  @Path("presign")
  @Consumes(MediaType.APPLICATION_JSON)
  public String presign(
      InputStream in,
      @Context HttpHeaders headers,
      @Context RoutingContext context,
      @Context UriInfo uri) {
    Query.of(uri);
    UrlWish wish = read(headers, in, StorageKeyResource::wish);
    String authority = context.request().getHeader("Host");
    if (authority == null || !authority.matches("[A-Za-z0-9.:\\[\\]_-]{1,255}")) {
      throw new ProblemException(ProblemKind.MALFORMED, "Expected the name of a host");
    }
    return ApiJson.text(
        access.presign(
            caller.tenant(),
            wish.method(),
            context.request().scheme() + "://" + authority,
            authority,
            buckets.usage(caller.tenant()).alias(),
            wish.key()));
  }

  private static UrlWish wish(FieldReader reader) {
    String text = reader.text("key", ObjectKey.BYTES_MAX);
    String key = text == null ? "" : text.startsWith("/") ? text.substring(1) : text;
    ObjectKey.complaint(key).ifPresent(complaint -> reader.error("key", "key", complaint));
    String method =
        reader.text("method", 3, word -> word.equals("GET") || word.equals("PUT"), "GET or PUT");
    return new UrlWish(key, method == null ? "GET" : method);
  }

  /** Reads one object's members. */
  @FunctionalInterface
  private interface Reading<T> {
    T of(FieldReader reader);
  }

  private <T> T read(HttpHeaders headers, InputStream in, Reading<T> reading) {
    return requests.withBody(
        headers,
        in,
        body -> {
          List<FieldError> errors = new ArrayList<>();
          JsonValue root = JsonBody.read(body, BodyShape.PLAIN).root();
          if (!(root instanceof JsonValue.Fields fields)) {
            throw ArtifactResource.invalid("", "type", "Expected an object");
          }
          FieldReader reader = new FieldReader(fields, "", errors);
          T value = reading.of(reader);
          reader.refuseUnknown();
          if (!errors.isEmpty()) {
            throw new ProblemException(
                ProblemKind.VALIDATION, errors.size() + " field(s) are wrong", errors);
          }
          return value;
        });
  }
}
