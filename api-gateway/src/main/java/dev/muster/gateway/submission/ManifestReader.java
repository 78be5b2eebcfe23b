package dev.muster.gateway.submission;

import dev.muster.gateway.project.ProjectManifest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads the manifest of a project (U2-07); all that is wrong with it is found at once. */
public final class ManifestReader {
  /** What the pointers of errors begin with. */
  private static final String POINTER = "/manifest";

  private static final int WORD_BYTES_MAX = 4_096;
  private static final int COMMANDS_MAX = 32;
  private static final int FILES_MAX = 1_000;
  private static final Predicate<String> WORD =
      word -> word.getBytes(StandardCharsets.UTF_8).length <= WORD_BYTES_MAX;
  private static final Predicate<String> PROGRAM = word -> word.matches("[A-Za-z0-9._+-]{1,128}");
  private static final Set<String> KINDS = Set.of("oci", "process");
  private static final Set<String> KNOWN =
      Set.of("version", "runtime", "entrypoint", "build", "validation");

  private final List<FieldError> errors;
  private final List<String> notUsed = new ArrayList<>();

  private ManifestReader(List<FieldError> errors) {
    this.errors = errors;
  }

  /**
   * Reads a manifest.
   *
   * @param errors takes everything that is wrong
   * @return what it says; of no meaning when there are errors
   */
  public static ProjectManifest read(JsonValue root, List<FieldError> errors) {
    if (!(root instanceof JsonValue.Fields fields)) {
      errors.add(new FieldError(POINTER, "type", "Expected an object"));
      return new ProjectManifest(
          List.of(), null, List.of(), List.of(), List.of(), List.of(), List.of());
    }
    return new ManifestReader(errors).read(fields);
  }

  private ProjectManifest read(JsonValue.Fields root) {
    FieldReader manifest = new FieldReader(root, POINTER, errors);
    if (!manifest.has("version")) {
      manifest.error("version", "required", "Expected the version 1");
    }
    manifest.integer("version", 1, 1);
    FieldReader runtime = manifest.object("runtime");
    FieldReader init = runtime == null ? null : runtime.object("init");
    FieldReader entrypoint = manifest.object("entrypoint");
    FieldReader validation = manifest.object("validation");
    if (manifest.has("build")) {
      notUsed.add("/build");
    }
    for (String name : root.members().keySet()) {
      if (!KNOWN.contains(name)) {
        notUsed.add(FieldError.at("", Names.shown(name)));
      }
    }
    return new ProjectManifest(
        command(entrypoint),
        runtime == null ? null : workdir(runtime),
        texts(init, "commands", COMMANDS_MAX, WORD, "a shell command of at most 4096 bytes"),
        texts(validation, "executables", COMMANDS_MAX, PROGRAM, "the name of a program"),
        texts(validation, "files", FILES_MAX, ProjectManifest::isInside, "a path inside"),
        texts(validation, "commands", COMMANDS_MAX, WORD, "a shell command of at most 4096 bytes"),
        notUsed);
  }

  private static List<String> command(@Nullable FieldReader entrypoint) {
    List<String> command = texts(entrypoint, "command", 64, WORD, "a word of at most 4096 bytes");
    if (entrypoint != null && !command.isEmpty() && command.getFirst().isBlank()) {
      entrypoint.error("command", "format", "Expected the first word to name a program");
    }
    return command;
  }

  private @Nullable String workdir(FieldReader runtime) {
    String kind = runtime.text("kind", 64, KINDS::contains, "oci or process");
    if ("oci".equals(kind)) {
      notUsed.add("/runtime/kind");
    }
    if (runtime.has("sandbox")) {
      notUsed.add("/runtime/sandbox");
    }
    if (!runtime.elements("services").isEmpty()) {
      runtime.error(
          "services", "unsupported", "Expected no services: a task is one process with its own");
    }
    String workdir = runtime.text("workdir", 1_024);
    if (workdir == null || workdir.equals(".") || workdir.equals("./")) {
      return null;
    }
    if (workdir.startsWith("/")) {
      notUsed.add("/runtime/workdir"); // a place in an image, and there is none
      return null;
    }
    if (!ProjectManifest.isInside(workdir)) {
      runtime.error("workdir", "format", "Expected a folder inside the project");
    }
    return workdir;
  }

  private static List<String> texts(
      @Nullable FieldReader reader, String name, int max, Predicate<String> form, String words) {
    return reader == null ? List.of() : reader.texts(name, 0, max, form, words);
  }
}
