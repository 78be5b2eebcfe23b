package dev.muster.agent.shell.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.muster.agent.attempt.Verdict;
import dev.muster.agent.files.Wanted;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.FederatedPayload;
import dev.muster.contracts.task.FileAccess;
import dev.muster.contracts.task.ProjectRef;
import dev.muster.contracts.task.RunSpec;
import dev.muster.kit.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Brings the artifacts that a payload names, and takes those that a command left. Calls block for
 * as long as the bytes take.
 */
public final class AttemptFiles {
  private static final Logger LOG = Logger.getLogger(AttemptFiles.class);
  private static final String MEMBER = "\"_artifacts\"";
  private static final int WANTED_MAX = 100;

  private final @Nullable GatewayClient gateway;
  private final @Nullable Projects projects;

  /**
   * Where files come from and are kept on this worker.
   *
   * @param gateway where files come from and go to; without it, there are none
   * @param patience how long to try when the gateway does not answer
   * @param cache folder of project trees and environments
   * @param cacheBytesMax most bytes of either
   * @param path where programs are looked for
   * @param environmentTimeout longest time to make an environment
   */
  public record Settings(
      Optional<URI> gateway,
      Duration patience,
      Path cache,
      long cacheBytesMax,
      String path,
      Duration environmentTimeout) {}

  public AttemptFiles(Settings settings) {
    gateway =
        settings
            .gateway()
            .map(address -> new GatewayClient(address, settings.patience()))
            .orElse(null);
    projects = gateway == null ? null : projects(gateway, settings);
  }

  private static Projects projects(GatewayClient gateway, Settings settings) {
    return new Projects(
        gateway,
        new ContentCache(settings.cache().resolve("projects"), settings.cacheBytesMax()),
        new ContentCache(settings.cache().resolve("environments"), settings.cacheBytesMax()),
        new Programs(settings.path(), settings.environmentTimeout()));
  }

  /** Whether an attempt may ask for files; cheap, and true now and then for one that does not. */
  public static boolean mayWant(RunSpec run, String payload) {
    return project(run) != null || asks(payload);
  }

  private static boolean asks(String payload) {
    return payload.contains(MEMBER)
        || payload.contains(ReduceInputs.MEMBER)
        || payload.contains(FederatedInputs.MEMBER);
  }

  private static @Nullable ProjectRef project(RunSpec run) {
    FileAccess files = run.files();
    return files == null ? null : files.project();
  }

  /**
   * Where an attempt's files go.
   *
   * @param folder the attempt's folder, for artifacts
   * @param project where its copy of the project goes
   */
  public record Places(Path folder, Path project) {}

  /** Brings the attempt's project and the artifacts that its payload names. */
  public Bringing bring(
      RunSpec run, String payload, @Nullable String right, Places places, Preparing preparing) {
    if (asks(payload)) {
      Optional<AttemptEnd> failed = bring(payload, right, places.folder());
      if (failed.isPresent()) {
        return new Bringing.Failed(failed.get());
      }
    }
    ProjectRef project = project(run);
    if (project == null) {
      return Bringing.Ready.nothing();
    }
    if (projects == null || right == null) {
      return new Bringing.Failed(
          Verdict.workerFailed("Expected to fetch the project, but the worker has no gateway"));
    }
    Bringing brought = projects.bring(project, right, places.project(), preparing);
    return brought instanceof Bringing.Ready ready && FederatedInputs.trains(payload)
        ? FederatedInputs.withDefinition(ready)
        : brought;
  }

  /**
   * Brings what the payload asks for into the attempt's folder.
   *
   * @return how the attempt ended when that failed
   */
  Optional<AttemptEnd> bring(String payload, @Nullable String right, Path folder) {
    JsonNode document;
    try {
      document = Json.MAPPER.readTree(payload);
    } catch (JsonProcessingException e) {
      return Optional.of(Verdict.inputFailed("Expected a payload that can be read, but it cannot"));
    }
    if (document.has("_reduce") || document.has(FederatedPayload.MEMBER)) {
      Optional<AttemptEnd> end =
          gateway == null || right == null
              ? Optional.of(
                  Verdict.workerFailed(
                      "Expected what earlier tasks left, but the worker has no gateway"))
              : ReduceInputs.bring(document.path("_reduce"), gateway, right, folder)
                  .or(() ->
                      FederatedInputs.bring(
                          document.path(FederatedPayload.MEMBER), gateway, right, folder));
      if (end.isPresent()) {
        return end;
      }
    }
    for (Wanted one : wanted(document.path("_artifacts").path("download"))) {
      Optional<AttemptEnd> end = bring(one, right, folder);
      if (end.isPresent()) {
        return end;
      }
    }
    return Optional.empty();
  }

  private Optional<AttemptEnd> bring(Wanted wanted, @Nullable String right, Path folder) {
    Optional<String> complaint = wanted.complaint();
    if (complaint.isPresent()) {
      return Optional.of(Verdict.inputFailed("_artifacts.download: " + complaint.get()));
    }
    if (gateway == null || right == null) {
      return Optional.of(
          Verdict.workerFailed("Expected to download artifacts, but the worker has no gateway"));
    }
    Path target = folder.resolve(wanted.target());
    try {
      Files.createDirectories(target.getParent());
    } catch (IOException e) {
      return Optional.of(Verdict.noSpace());
    }
    return switch (gateway.get(right, path(wanted), target)) {
      case Transfer.Done() -> Optional.empty();
      case Transfer.Fenced() -> Optional.empty();
      case Transfer.Full() -> Optional.of(Verdict.noSpace());
      case Transfer.Refused(String reason) ->
          Optional.of(
              Verdict.inputFailed("_artifacts.download of " + wanted.target() + ": " + reason));
      case Transfer.Unreachable(String reason) -> {
        LOG.warnf("Expected to download an artifact, but %s", reason);
        yield Optional.of(
            Verdict.workerFailed(
                "Expected to download an artifact, but the gateway did not serve it"));
      }
    };
  }

  private static String path(Wanted wanted) {
    StringBuilder path = new StringBuilder("/worker/v1/artifacts?");
    if (wanted.id() != null) {
      return path.append("id=").append(GatewayClient.encoded(wanted.id())).toString();
    }
    if (wanted.job() != null) {
      path.append("job=").append(GatewayClient.encoded(wanted.job())).append('&');
    }
    if (wanted.task() != null) {
      path.append("task=").append(wanted.task()).append('&');
    }
    String name = wanted.name() == null ? "" : wanted.name();
    return path.append("name=").append(GatewayClient.encoded(name)).toString();
  }

  private static List<Wanted> wanted(JsonNode list) {
    List<Wanted> wanted = new ArrayList<>();
    for (JsonNode one : list) {
      if (wanted.size() == WANTED_MAX) {
        break;
      }
      String name = one.path("name").asText("");
      String id = one.path("artifact_id").asText("");
      wanted.add(
          new Wanted(
              id.isEmpty() ? null : id,
              one.path("job_id").asText(null),
              one.path("task_index").isInt() ? one.path("task_index").intValue() : null,
              name,
              one.path("as").asText(name)));
    }
    return wanted;
  }

  /** Whether the command left anything. */
  public static boolean any(Path artifacts) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(artifacts)) {
      return entries.iterator().hasNext();
    } catch (IOException e) {
      return false; // the command deleted the folder
    }
  }

  /**
   * Takes what a successful command left: plain files, at any depth. Links and special files are
   * left out, since they lead to what is not the task's.
   *
   * @return how the attempt ended when that failed
   */
  public Optional<AttemptEnd> take(Path artifacts, @Nullable String right) {
    if (gateway == null || right == null) {
      return Optional.of(
          Verdict.workerFailed("Expected to store artifacts, but the worker has no gateway"));
    }
    List<Path> files;
    try {
      files = plainFiles(artifacts);
    } catch (IOException e) {
      return Optional.of(Verdict.workerFailed("Expected to list the artifacts, but cannot"));
    }
    for (Path file : files) {
      Optional<AttemptEnd> end = take(gateway, right, artifacts, file);
      if (end.isPresent()) {
        return end;
      }
    }
    return Optional.empty();
  }

  private static Optional<AttemptEnd> take(
      GatewayClient gateway, String right, Path artifacts, Path file) {
    String name = artifacts.relativize(file).toString();
    return switch (gateway.put(right, file, name)) {
      case Transfer.Done() -> Optional.empty();
      case Transfer.Fenced() -> Optional.empty();
      case Transfer.Full() -> Optional.of(Verdict.noSpace());
      case Transfer.Refused(String reason) ->
          Optional.of(Verdict.artifactRefused("Artifact " + shown(name) + ": " + reason));
      case Transfer.Unreachable(String reason) -> {
        LOG.warnf("Expected to store an artifact, but %s", reason);
        yield Optional.of(
            Verdict.workerFailed(
                "artifact-store: Expected to store an artifact, but the gateway did not take it"));
      }
    };
  }

  private static String shown(String name) {
    String plain = name.replaceAll("\\p{C}", "?");
    return plain.length() <= 100 ? plain : plain.substring(0, 100);
  }

  private static List<Path> plainFiles(Path root) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(null);
    return files;
  }
}
