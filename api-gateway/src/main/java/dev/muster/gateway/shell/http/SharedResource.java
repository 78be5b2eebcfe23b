package dev.muster.gateway.shell.http;

import dev.muster.gateway.artifact.Artifact;
import dev.muster.gateway.packaging.PackageLayout;
import dev.muster.gateway.shell.artifact.ArtifactRepository;
import dev.muster.gateway.shell.packaging.PackageDesk;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.share.ShareDesk;
import dev.muster.gateway.shell.share.ShareRepository;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.kit.Database;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/**
 * What links open: files to be saved, and nothing else. The link is not told to other sites, and
 * search engines are asked to stay away.
 */
@Path("/shared")
@RunOnVirtualThread
public class SharedResource {
  private final ShareDesk desk;
  private final PackageDesk packages;
  private final JobRepository jobs;
  private final Database database;
  private final BlobAnswers answers;

  SharedResource(
      ShareDesk desk,
      PackageDesk packages,
      JobRepository jobs,
      Database database,
      BlobAnswers answers) {
    this.desk = desk;
    this.packages = packages;
    this.jobs = jobs;
    this.database = database;
    this.answers = answers;
  }

  /** The archive, or the one file that the link is for. */
  @GET
  @Path("{token}")
  @Produces(MediaType.WILDCARD)
  public Response open(
      @PathParam("token") String token, @Context RoutingContext context, @Context UriInfo uri) {
    Query.of(uri);
    ShareRepository.Opened link = desk.open(token, source(context));
    return link.artifact() == null
        ? packed(link, PackageLayout.ARCHIVE, context)
        : artifact(link, link.artifact(), context);
  }

  /** A file of the package that the link is for. */
  @GET
  @Path("{token}/{file}")
  @Produces(MediaType.WILDCARD)
  public Response file(
      @PathParam("token") String token,
      @PathParam("file") String file,
      @Context RoutingContext context,
      @Context UriInfo uri) {
    Query.of(uri);
    ShareRepository.Opened link = desk.open(token, source(context));
    if (link.artifact() != null) {
      throw ProblemException.notFound("file");
    }
    return packed(link, file, context);
  }

  private Response packed(ShareRepository.Opened link, String file, RoutingContext context) {
    JobRepository.Found job =
        jobs.find(link.tenant(), link.job()).orElseThrow(ProblemException::notFound);
    Response answer =
        PackageFiles.answer(
            answers,
            context,
            file,
            packages.ready(link.tenant(), job),
            digest -> packages.blob(link.tenant(), digest));
    return shared(link, file, answer, context);
  }

  private Response artifact(ShareRepository.Opened link, String id, RoutingContext context) {
    Artifact artifact =
        database
            .transaction(tx -> ArtifactRepository.find(tx, link.tenant(), id))
            .orElseThrow(() -> ProblemException.notFound("file"));
    Response answer =
        answers.of(context, packages.blob(link.tenant(), artifact.digest()), artifact.name());
    return shared(link, artifact.name(), answer, context);
  }

  /** A download that goes on where it broke off is not another one. */
  private Response shared(
      ShareRepository.Opened link, String file, Response answer, RoutingContext context) {
    String range = answer.getHeaderString("Content-Range");
    boolean begins = answer.getStatus() == 200 || (range != null && range.startsWith("bytes 0-"));
    if (begins && context.request().method().name().equals("GET")) {
      desk.downloaded(link, source(context), file);
    }
    return Response.fromResponse(answer)
        .header("Referrer-Policy", "no-referrer")
        .header("X-Robots-Tag", "noindex, nofollow")
        .header(HttpHeaders.CACHE_CONTROL, "private, no-store")
        .build();
  }

  private static String source(RoutingContext context) {
    SocketAddress address = context.request().remoteAddress();
    String host = address == null ? null : address.hostAddress();
    return host == null ? "unknown" : host;
  }
}
