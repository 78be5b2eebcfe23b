package dev.muster.agent.shell.files;

import dev.muster.agent.attempt.Verdict;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.ProjectRef;
import dev.muster.kit.archive.ArchiveRules;
import dev.muster.kit.archive.HostileArchiveException;
import dev.muster.kit.archive.TarGz;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Puts project revisions where attempts run. An archive is fetched, checked, unpacked and prepared
 * as its manifest says once; each attempt gets a copy of its own, so that none sees what another
 * writes. Environments are made once for the same requirements and shared.
 */
final class Projects {
  private static final Logger LOG = Logger.getLogger(Projects.class);

  private final GatewayClient gateway;
  private final ContentCache trees;
  private final ContentCache environments;
  private final PythonEnvironment python;
  private final ProjectSetup setup;

  Projects(
      GatewayClient gateway, ContentCache trees, ContentCache environments, Programs programs) {
    this.gateway = gateway;
    this.trees = trees;
    this.environments = environments;
    this.python = new PythonEnvironment(programs);
    this.setup = new ProjectSetup(programs);
  }

  /** Copies the revision into the folder, and finds or makes the environment it asks for. */
  Bringing bring(ProjectRef project, String right, Path folder, Preparing preparing) {
    try {
      Optional<AttemptEnd> failed = copy(project, right, folder, preparing);
      if (failed.isPresent()) {
        return new Bringing.Failed(failed.get());
      }
      String workdir = ProjectSetup.wanted(folder).workdir();
      Path start = workdir == null ? folder : folder.resolve(workdir);
      if (!Files.isDirectory(start)) {
        return new Bringing.Failed(
            Verdict.inputFailed(
                "Expected the folder " + workdir + " of the manifest, but there is none"));
      }
      return Files.isRegularFile(folder.resolve("requirements.txt"), LinkOption.NOFOLLOW_LINKS)
          ? environment(project, folder, start, preparing)
          : new Bringing.Ready(start, null, () -> {});
    } catch (IOException e) {
      LOG.warnf("Expected to set up project %s, but %s", project.name(), e.getMessage());
      return new Bringing.Failed(
          NoSpace.isCause(e)
              ? Verdict.noSpace()
              : Verdict.workerFailed("Expected to set the project up, but the worker failed"));
    }
  }

  private Optional<AttemptEnd> copy(
      ProjectRef project, String right, Path folder, Preparing preparing) throws IOException {
    ContentCache.Use<AttemptEnd> tree =
        trees.use(
            project.sha256(),
            empty -> {
              AttemptEnd failure = unpack(project, right, empty);
              return failure == null ? setup.run(empty, preparing) : failure;
            });
    try {
      if (tree.folder() == null) {
        return Optional.ofNullable(tree.failure());
      }
      copyTree(tree.folder(), folder);
      return Optional.empty();
    } finally {
      tree.release().run();
    }
  }

  private @Nullable AttemptEnd unpack(ProjectRef project, String right, Path folder)
      throws IOException {
    Path archive = folder.resolveSibling(project.sha256() + ".tar.gz");
    String path = "/worker/v1/projects/" + project.sha256();
    try {
      return switch (gateway.get(right, path, archive)) {
        case Transfer.Done() -> unpack(archive, folder);
        case Transfer.Fenced() -> Verdict.workerFailed("Expected a lease, but it is over");
        case Transfer.Full() -> Verdict.noSpace();
        case Transfer.Refused(String reason) ->
            Verdict.inputFailed("Project " + project.name() + ": " + reason);
        case Transfer.Unreachable(String reason) -> {
          LOG.warnf("Expected to fetch a project, but %s", reason);
          yield Verdict.workerFailed(
              "Expected to fetch the project, but the gateway did not serve it");
        }
      };
    } finally {
      Files.deleteIfExists(archive);
    }
  }

  /** The gateway has looked at every entry; so does the worker, which has more to lose. */
  private static @Nullable AttemptEnd unpack(Path archive, Path folder) throws IOException {
    try (InputStream in = Files.newInputStream(archive)) {
      TarGz.unpack(in, Files.size(archive), ArchiveRules.Limits.DEFAULT, folder);
      return null;
    } catch (HostileArchiveException e) {
      return Verdict.inputFailed("The project cannot be unpacked: " + e.getMessage());
    }
  }

  private Bringing environment(ProjectRef project, Path folder, Path start, Preparing preparing)
      throws IOException {
    ContentCache.Use<String> made =
        environments.use(
            python.key(folder, project.sha256(), preparing),
            empty -> python.fill(empty, folder, preparing));
    return made.folder() == null
        ? new Bringing.Failed(Verdict.requirementsFailed(String.valueOf(made.failure())))
        : new Bringing.Ready(start, made.folder(), made.release());
  }

  /** Archives have no links; what a project's own commands made of them is copied as links. */
  private static void copyTree(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path one, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(to.resolve(from.relativize(one).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile() || attributes.isSymbolicLink()) {
              Files.copy(
                  file,
                  to.resolve(from.relativize(file).toString()),
                  StandardCopyOption.COPY_ATTRIBUTES,
                  LinkOption.NOFOLLOW_LINKS);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
