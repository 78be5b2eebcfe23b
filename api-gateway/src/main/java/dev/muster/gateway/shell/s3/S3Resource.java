package dev.muster.gateway.shell.s3;

import dev.muster.gateway.s3.S3Error;
import dev.muster.gateway.s3.S3Operation;
import dev.muster.gateway.s3.S3Request;
import dev.muster.gateway.shell.blob.StoreException;
import dev.muster.kit.DatabaseUnavailableException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Users' buckets for S3 clients, path style. Paths are read from the wire and not from the router,
 * since the signature is about what was sent.
 */
@Path("/s3")
@RunOnVirtualThread
@Consumes(MediaType.WILDCARD)
@Produces(MediaType.WILDCARD)
public class S3Resource {
  private static final Logger LOG = Logger.getLogger(S3Resource.class);
  private static final String ROOT = "/s3";

  private final S3Access access;
  private final S3Desk desk;

  S3Resource(S3Access access, S3Desk desk) {
    this.access = access;
    this.desk = desk;
  }

  @GET
  public Response buckets(@Context RoutingContext context) {
    return answer(context, InputStream.nullInputStream());
  }

  @GET
  @Path("{path: .*}")
  public Response get(@Context RoutingContext context) {
    return answer(context, InputStream.nullInputStream());
  }

  @HEAD
  @Path("{path: .*}")
  public Response head(@Context RoutingContext context) {
    return answer(context, InputStream.nullInputStream());
  }

  @PUT
  @Path("{path: .*}")
  public Response put(@Context RoutingContext context, InputStream body) {
    return answer(context, body);
  }

  @POST
  @Path("{path: .*}")
  public Response post(@Context RoutingContext context, InputStream body) {
    return answer(context, body);
  }

  @DELETE
  @Path("{path: .*}")
  public Response delete(@Context RoutingContext context) {
    return answer(context, InputStream.nullInputStream());
  }

  private Response answer(RoutingContext context, InputStream body) {
    try {
      S3Request request =
          request(context).orElseThrow(() -> new S3Exception(S3Error.INVALID_ARGUMENT));
      S3Access.Granted granted = access.check(request);
      String below = request.path().substring(Math.min(ROOT.length() + 1, request.path().length()));
      int slash = below.indexOf('/');
      String bucket = slash < 0 ? below : below.substring(0, slash);
      String key = bucket.isEmpty() ? null : slash < 0 ? "" : below.substring(slash + 1);
      S3Operation operation = S3Operation.of(request, key);
      return desk.answer(
          new S3Desk.Call(granted.tenant(), bucket, request, granted), operation, body);
    } catch (S3Exception e) {
      return error(context, e.error());
    } catch (StoreException | DatabaseUnavailableException e) {
      LOG.warnf("Expected to answer an S3 request, but %s", e.getMessage());
      return error(context, S3Error.UNAVAILABLE);
    }
  }

  private static Optional<S3Request> request(RoutingContext context) {
    Map<String, List<String>> headers = new TreeMap<>();
    for (String name : context.request().headers().names()) {
      headers.put(name.toLowerCase(Locale.ROOT), context.request().headers().getAll(name));
    }
    String uri = context.request().uri();
    int question = uri.indexOf('?');
    return S3Request.read(
        context.request().method().name(),
        question < 0 ? uri : uri.substring(0, question),
        question < 0 ? null : uri.substring(question + 1),
        headers);
  }

  private static Response error(RoutingContext context, S3Error error) {
    Response.ResponseBuilder answer = Response.status(error.status());
    @Nullable String id = context.response().headers().get("X-Request-Id");
    if (error == S3Error.UNAVAILABLE) {
      answer.header("Retry-After", 1);
    }
    if (context.request().method().name().equals("HEAD")) {
      return answer.build();
    }
    return answer
        .type(MediaType.APPLICATION_XML)
        .entity(
            new XmlDocument("Error", false)
                .element("Code", error.code())
                .element("Message", error.message())
                .element("RequestId", id == null ? "" : id)
                .end())
        .build();
  }
}
