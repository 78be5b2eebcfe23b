package dev.muster.gateway.shell.http;

import dev.muster.gateway.bucket.BucketUsage;
import dev.muster.gateway.key.Scope;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.bucket.Buckets;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.submission.FieldError;
import dev.muster.gateway.submission.FieldReader;
import dev.muster.gateway.submission.JsonValue;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How much tenants may keep in their buckets, for keys with the scope admin. */
@Path("/api/v1/tenants")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class QuotaResource {
  /** One exbibyte: more than any store has. */
  private static final long BYTES_MAX = 1L << 60;

  private final Requests requests;
  private final Caller caller;
  private final Buckets buckets;

  QuotaResource(Requests requests, Caller caller, Buckets buckets) {
    this.requests = requests;
    this.caller = caller;
    this.buckets = buckets;
  }

  /**
   * A tenant's quota.
   *
   * @param tenant the tenant
   * @param bucketBytesMax most bytes in its bucket
   * @param usedBytes how many there are
   */
  public record QuotaView(String tenant, long bucketBytesMax, long usedBytes) {
    static QuotaView of(String tenant, BucketUsage usage) {
      return new QuotaView(tenant, usage.quotaBytes(), usage.usedBytes());
    }
  }

  /** The quota that a tenant has. */
  @GET
  @Path("{tenant}/quota")
  public String get(@PathParam("tenant") String tenant, @Context UriInfo uri) {
    Query.of(uri);
    if (!caller.tenant().equals(tenant)) {
      caller.require(Scope.ADMIN);
    }
    return view(tenant, buckets.known(tenant));
  }

  /** Gives a tenant another quota; objects that are there stay. */
  @PUT
  @Path("{tenant}/quota")
  @Consumes(MediaType.APPLICATION_JSON)
  public String put(
      @PathParam("tenant") String tenant,
      InputStream in,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    Query.of(uri);
    caller.require(Scope.ADMIN);
    // Unlike a function's value, an optional may be empty.
    Optional<Long> bytes = requests.withBody(headers, in, QuotaResource::quota);
    return view(
        tenant,
        tenant.indexOf(0) < 0 ? buckets.changeQuota(tenant, bytes.orElse(null)) : Optional.empty());
  }

  private static Optional<Long> quota(RequestBody body) {
    List<FieldError> errors = new ArrayList<>();
    @Nullable Long bytes = null;
    if (JsonBody.read(body, BodyShape.PLAIN).root() instanceof JsonValue.Fields fields) {
      FieldReader reader = new FieldReader(fields, "", errors);
      if (!reader.has("bucket_bytes_max")) {
        reader.error("bucket_bytes_max", "required", "Expected a number of bytes, or null");
      }
      JsonValue.Member member = fields.members().get("bucket_bytes_max");
      if (member != null && member.value().kind() != JsonValue.Kind.NULL) {
        bytes = reader.integer("bucket_bytes_max", 0, BYTES_MAX);
      }
      reader.refuseUnknown();
    } else {
      errors.add(new FieldError("", "type", "Expected an object"));
    }
    if (!errors.isEmpty()) {
      FieldError first = errors.getFirst();
      throw ArtifactResource.invalid(first.pointer(), first.code(), first.detail());
    }
    return Optional.ofNullable(bytes);
  }

  private static String view(String tenant, Optional<BucketUsage> usage) {
    return ApiJson.text(
        QuotaView.of(tenant, usage.orElseThrow(() -> ProblemException.notFound("tenant"))));
  }
}
