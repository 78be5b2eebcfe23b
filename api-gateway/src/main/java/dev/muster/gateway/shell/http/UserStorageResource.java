package dev.muster.gateway.shell.http;

import dev.muster.gateway.bucket.BucketView;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.bucket.Buckets;
import dev.muster.gateway.shell.json.ApiJson;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;

/** The bucket at the addresses where training clients look for it (U0-08, U0-10). */
@Path("/api/users/storage")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class UserStorageResource {
  private final Caller caller;
  private final Buckets buckets;

  UserStorageResource(Caller caller, Buckets buckets) {
    this.caller = caller;
    this.buckets = buckets;
  }

  /** The bucket's name and where it is. */
  @GET
  @Path("bucket")
  public String bucket(@Context UriInfo uri) {
    Query.of(uri);
    return view();
  }

  /** How full the bucket is. */
  @GET
  @Path("usage")
  public String usage(@Context UriInfo uri) {
    Query.of(uri);
    return view();
  }

  private String view() {
    return ApiJson.text(BucketView.of(buckets.usage(caller.tenant())));
  }
}
