package dev.muster.gateway.shell.http;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.JobId;
import dev.muster.gateway.artifact.Artifact;
import dev.muster.gateway.artifact.ArtifactView;
import dev.muster.gateway.blob.Blob;
import dev.muster.gateway.blob.EntryName;
import dev.muster.gateway.shell.artifact.ArtifactRepository;
import dev.muster.gateway.shell.artifact.AttemptFacts;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.blob.Staging;
import dev.muster.gateway.shell.blob.Staging.Expected;
import dev.muster.gateway.shell.bucket.JobFolders;
import dev.muster.gateway.shell.config.StoreConfig;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.packaging.PackageRepository;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.kit.Database;
import dev.muster.kit.Tx;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Files of attempts. A worker shows the right of one attempt; it can leave files under exactly that
 * attempt, and have artifacts of the tenant whose job it is. What it leaves is nobody's until the
 * aggregator has recorded the attempt's success.
 */
@Path("/worker/v1/artifacts")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class WorkerArtifactResource {
  /** The job of the attempt that asks, whose id its payload need not say. */
  private static final String OWN_JOB = "own";

  private final AttemptRights rights;
  private final Database database;
  private final Blobs blobs;
  private final BlobAnswers answers;
  private final JobFolders folders;
  private final StoreConfig config;

  WorkerArtifactResource(
      AttemptRights rights,
      Database database,
      Blobs blobs,
      BlobAnswers answers,
      JobFolders folders,
      StoreConfig config) {
    this.rights = rights;
    this.database = database;
    this.blobs = blobs;
    this.answers = answers;
    this.folders = folders;
    this.config = config;
  }

  /** Leaves a file under the attempt. The same bytes again are the same file. */
  @PUT
  @Consumes(MediaType.APPLICATION_OCTET_STREAM)
  public String put(InputStream in, @Context RoutingContext context, @Context UriInfo uri) {
    AttemptRef attempt = rights.of(context).attempt();
    String name = name(Query.of(uri, "name"));
    String tenant = database.transaction(tx -> admitted(tx, attempt));
    Staging staging = blobs.stage(in, Expected.atMost(config.fileBytesMax()));
    return switch (staging) {
      case Staging.Refused refused -> throw BlobAnswers.problem(refused);
      case Staging.Staged staged -> ApiJson.text(keep(tenant, attempt, name, staged));
    };
  }

  private static String name(Query query) {
    String name = query.text("name");
    if (name == null) {
      query.error("name", "required", "Expected the name of the file");
    } else {
      EntryName.complaint(name).ifPresent(complaint -> query.error("name", "name", complaint));
    }
    query.check();
    return name == null ? "" : name;
  }

  private String admitted(Tx tx, AttemptRef attempt) {
    String tenant =
        AttemptFacts.tenant(tx, attempt.job())
            .orElseThrow(() -> ProblemException.notFound("attempt"));
    requireCurrent(tx, attempt);
    if (ArtifactRepository.count(tx, attempt) >= config.filesPerAttemptMax()) {
      throw new ProblemException(
          ProblemKind.TOO_MANY_FILES,
          "Expected at most " + config.filesPerAttemptMax() + " files of one task");
    }
    return tenant;
  }

  private static void requireCurrent(Tx tx, AttemptRef attempt) {
    if (!AttemptFacts.isCurrent(tx, attempt)) {
      throw new ProblemException(
          ProblemKind.ATTEMPT_NOT_CURRENT,
          "Expected the attempt that the task runs, but it is over or another one runs");
    }
  }

  private ArtifactView keep(String tenant, AttemptRef attempt, String name, Staging.Staged staged) {
    String id = ArtifactResource.newId();
    Artifact left =
        database.transaction(tx -> {
          requireCurrent(tx, attempt);
          if (JobFolders.takes(name)) {
            folders.enter(tx, tenant);
          }
          Blob blob = blobs.keep(tx, tenant, staged, Artifact.owner(id));
          if (!ArtifactRepository.add(tx, id, attempt, name, blob)) {
            blobs.release(tx, List.of(Artifact.owner(id)));
          } else if (JobFolders.takes(name)) {
            folders
                .promise(tx, tenant, attempt, id, name, blob.bytes())
                .ifPresent(full -> {
                  throw StorageResource.noRoom(full, blob.bytes());
                });
          }
          PackageRepository.due(tx, attempt.job());
          return ArtifactRepository.ofAttempt(tx, attempt, name).orElseThrow();
        });
    if (!left.digest().equals(staged.digest())) {
      throw new ProblemException(
          ProblemKind.NAME_TAKEN, "Expected a new name, but the attempt has left other bytes so");
    }
    return ArtifactView.of(left);
  }

  /**
   * The bytes of an artifact of the tenant whose job the attempt belongs to. The job {@code own} is
   * that of the attempt; what it took over from the job it repeats lies there.
   */
  @GET
  @Produces(MediaType.WILDCARD)
  public Response get(@Context RoutingContext context, @Context UriInfo uri) {
    AttemptRef attempt = rights.of(context).attempt();
    Query query = Query.of(uri, "job", "task", "name", "id");
    boolean own = OWN_JOB.equals(query.text("job"));
    JobId job = own ? attempt.job() : job(query);
    Integer task = query.integer("task", 0, 999_999);
    String name = query.text("name");
    String id = query.text("id");
    query.check();
    record Wanted(Blob blob, String name) {}
    Wanted wanted =
        database.transaction(tx -> {
          String tenant =
              AttemptFacts.tenant(tx, attempt.job())
                  .orElseThrow(() -> ProblemException.notFound("attempt"));
          JobId source = own && task != null ? AttemptFacts.origin(tx, attempt.job(), task) : job;
          var filter = new ArtifactRepository.Filter(source, task, name, null, 1);
          Optional<Artifact> found =
              id == null
                  ? ArtifactRepository.list(tx, tenant, filter).stream().findFirst()
                  : ArtifactRepository.find(tx, tenant, id);
          Artifact artifact = found.orElseThrow(() -> ProblemException.notFound("artifact"));
          return new Wanted(
              blobs
                  .find(tx, tenant, artifact.digest())
                  .orElseThrow(() -> ProblemException.notFound("artifact")),
              artifact.name());
        });
    return answers.of(context, wanted.blob(), wanted.name());
  }

  private static @Nullable JobId job(Query query) {
    String text = query.text("job");
    if (text == null) {
      return null;
    }
    try {
      return JobId.parse(text);
    } catch (IllegalArgumentException e) {
      query.error("job", "format", "Expected the id of a job");
      return null;
    }
  }
}
