package dev.muster.cli.shell;

import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.JsonText;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which server to talk to and as whom. A flag goes before the environment, the environment before
 * the files that a local stack leaves in {@code .muster/} of the current folder.
 *
 * @param server base address without a slash at its end
 * @param apiKey the key to send, null for none
 */
public record Settings(URI server, @Nullable String apiKey) {
  private static final String DEFAULT_SERVER = "http://127.0.0.1:8080";
  private static final int KEY_BYTES_MAX = 1_000;

  /**
   * @param serverFlag the value of {@code --server}, if given
   * @param keyFlag the value of {@code --api-key}, if given
   */
  public static Settings find(
      Surroundings surroundings, @Nullable String serverFlag, @Nullable String keyFlag) {
    URI server = server(surroundings, serverFlag);
    String key = first(keyFlag, surroundings.environment().get("MUSTER_API_KEY"));
    // The local stack's key belongs to this machine; another server must not get to see it.
    if (key == null && isLocal(server)) {
      key = localKey(surroundings.folder().resolve(".muster").resolve("api-key"));
    }
    return new Settings(server, key);
  }

  /** Whether the server is on this machine. */
  static boolean isLocal(URI server) {
    String host = server.getHost();
    return host.equals("127.0.0.1") || host.equals("localhost") || host.equals("[::1]");
  }

  private static URI server(Surroundings surroundings, @Nullable String flag) {
    String text = first(flag, surroundings.environment().get("MUSTER_SERVER"));
    if (text == null) {
      return URI.create(localServer(surroundings.folder().resolve(".muster/state.json")));
    }
    try {
      URI server = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      String scheme = server.getScheme() == null ? "" : server.getScheme();
      if (server.getHost() != null && scheme.toLowerCase(Locale.ROOT).matches("https?")) {
        return server;
      }
    } catch (IllegalArgumentException e) {
      // Said below in the same words as for an address of another kind.
    }
    throw new CommandFailed(
        ExitCode.USAGE,
        "Expected a server address such as " + DEFAULT_SERVER + ", but got '" + text + "'");
  }

  private static String localServer(Path state) {
    try {
      long port = JsonText.parse(Files.readAllBytes(state)).integer("api_port");
      return port > 0 && port < 65_536 ? "http://127.0.0.1:" + port : DEFAULT_SERVER;
    } catch (NoSuchFileException e) {
      return DEFAULT_SERVER;
    } catch (IOException | JsonText.BadJsonException e) {
      throw new CommandFailed(
          ExitCode.FAILED,
          "Expected the local stack's state in "
              + state
              + ", but it cannot be read: "
              + e.getMessage());
    }
  }

  private static @Nullable String localKey(Path file) {
    try {
      if (Files.size(file) > KEY_BYTES_MAX) {
        return null;
      }
      String key = Files.readString(file, StandardCharsets.US_ASCII).strip();
      return key.isEmpty() ? null : key;
    } catch (IOException e) {
      return null; // No stack was started here; the server says so if it wants a key.
    }
  }

  private static @Nullable String first(@Nullable String flag, @Nullable String environment) {
    String value = flag == null ? environment : flag;
    return value == null || value.isBlank() ? null : value.strip();
  }

  /** The address of a path below the API. */
  public URI api(String path) {
    return URI.create(server + "/api/v1" + path);
  }

  /** Never shows the key. */
  @Override
  public String toString() {
    return server.toString();
  }

  /** What a JSON answer could not be read as. */
  static Json parsed(byte[] body) {
    try {
      return body.length == 0 ? Json.NULL : JsonText.parse(body);
    } catch (JsonText.BadJsonException e) {
      return Json.NULL; // A proxy's page, say: the status must do.
    }
  }
}
