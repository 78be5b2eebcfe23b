package dev.muster.gateway.shell.http;

import dev.muster.gateway.blob.Blob;
import dev.muster.gateway.project.Project;
import dev.muster.gateway.project.ProjectView;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.blob.Staging;
import dev.muster.gateway.shell.blob.Staging.Expected;
import dev.muster.gateway.shell.config.StoreConfig;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.shell.project.ArchiveFacts;
import dev.muster.gateway.shell.project.ProjectRepository;
import dev.muster.gateway.submission.FieldError;
import dev.muster.gateway.submission.ProjectAnnouncement;
import dev.muster.kit.Database;
import dev.muster.kit.archive.HostileArchiveException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
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
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Source trees that jobs run. */
@Path("/api/v1/projects")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class ProjectResource {
  private final Caller caller;
  private final Requests requests;
  private final Database database;
  private final Blobs blobs;
  private final Cursors cursors;
  private final StoreConfig config;

  ProjectResource(
      Caller caller,
      Requests requests,
      Database database,
      Blobs blobs,
      Cursors cursors,
      StoreConfig config) {
    this.caller = caller;
    this.requests = requests;
    this.database = database;
    this.blobs = blobs;
    this.cursors = cursors;
    this.config = config;
  }

  /** Makes a project. The same name again is a conflict. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  public Response create(InputStream in, @Context HttpHeaders headers, @Context UriInfo uri) {
    Query.of(uri);
    ProjectAnnouncement announced = requests.withBody(headers, in, ProjectResource::announcement);
    String tenant = caller.tenant();
    boolean made =
        database.transaction(
            tx -> ProjectRepository.create(tx, tenant, announced.name(), announced.remoteDir()));
    if (!made) {
      throw new ProblemException(
          ProblemKind.NAME_TAKEN, "Expected a new name, but there is a project of this name");
    }
    return Response.status(201)
        .entity(ApiJson.text(ProjectView.of(find(announced.name()))))
        .header("Location", "/api/v1/projects/" + announced.name() + "/status")
        .build();
  }

  private static ProjectAnnouncement announcement(RequestBody body) {
    List<FieldError> errors = new ArrayList<>();
    ProjectAnnouncement announced =
        ProjectAnnouncement.read(JsonBody.read(body, BodyShape.PLAIN).root(), errors);
    if (!errors.isEmpty()) {
      throw new ProblemException(
          ProblemKind.VALIDATION, errors.size() + " field(s) are wrong", errors);
    }
    return announced;
  }

  /** Lists projects by name. */
  @GET
  public String list(@Context UriInfo uri) {
    Query query = Query.of(uri, "limit", "cursor");
    int limit = query.integer("limit", 1, 200, 50);
    query.check();
    String tenant = caller.tenant();
    String after = cursors.read(tenant, "projects", query.text("cursor"));
    List<Project> found =
        database.transaction(tx -> ProjectRepository.list(tx, tenant, after, limit + 1));
    boolean more = found.size() > limit;
    List<Project> page = more ? found.subList(0, limit) : found;
    return ApiJson.text(
        new ListResource.Page(
            page.stream().map(ProjectView::of).toList(),
            more ? cursors.write(tenant, "projects", page.getLast().name()) : null,
            more));
  }

  /** Whether jobs may name a project, and which revision they would run. */
  @GET
  @Path("{name}/status")
  public String status(@PathParam("name") String name, @Context UriInfo uri) {
    Query.of(uri);
    return ApiJson.text(ProjectView.of(find(name)));
  }

  /** Takes a {@code tar.gz} archive as the newest revision, if every entry may be unpacked. */
  @POST
  @Path("{name}/push")
  @Consumes({"application/gzip", "application/x-gzip", MediaType.APPLICATION_OCTET_STREAM})
  public Response push(@PathParam("name") String name, InputStream in, @Context UriInfo uri) {
    Query.of(uri);
    String tenant = caller.tenant();
    find(name);
    Staging staging = blobs.stage(in, Expected.atMost(config.projectBytesMax()));
    return switch (staging) {
      case Staging.Refused refused -> throw BlobAnswers.problem(refused);
      case Staging.Staged staged -> {
        ArchiveFacts facts = looked(staged);
        database.transaction(tx -> {
          Blob archive =
              blobs.keep(tx, tenant, staged, Project.owner(tenant, name, staged.digest()));
          ProjectRepository.push(tx, name, archive, facts);
          return archive;
        });
        yield Response.status(201).entity(ApiJson.text(ProjectView.of(find(name)))).build();
      }
    };
  }

  private ArchiveFacts looked(Staging.Staged staged) {
    try (InputStream archive = blobs.read(staged)) {
      ArchiveFacts facts = ArchiveFacts.of(archive, staged.bytes());
      ManifestText.require(facts);
      return facts;
    } catch (ProblemException e) {
      blobs.discard(staged);
      throw e;
    } catch (HostileArchiveException e) {
      blobs.discard(staged);
      throw new ProblemException(ProblemKind.ARCHIVE, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      blobs.discard(staged);
      throw blobs.unreadable(e);
    }
  }

  private Project find(String name) {
    String tenant = caller.tenant();
    if (!Project.isName(name)) {
      throw ProblemException.notFound("project");
    }
    return database
        .transaction(tx -> ProjectRepository.find(tx, tenant, name))
        .orElseThrow(() -> ProblemException.notFound("project"));
  }
}
