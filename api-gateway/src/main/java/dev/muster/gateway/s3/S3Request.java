package dev.muster.gateway.s3;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request.
 *
 * @param method GET, PUT, …
 * @param path decoded, from the first slash on
 * @param parameters decoded, in the order of their names
 * @param headers names in lower case
 */
public record S3Request(
    String method,
    String path,
    Map<String, List<String>> parameters,
    Map<String, List<String>> headers) {
  /** Reads what came over the wire; empty when it is not encoded as it must be. */
  public static Optional<S3Request> read(
      String method, String rawPath, @Nullable String rawQuery, Map<String, List<String>> headers) {
    Optional<String> path = Percent.decode(rawPath, false);
    Map<String, List<String>> parameters = new TreeMap<>();
    if (rawQuery != null && !rawQuery.isEmpty()) {
      for (String pair : rawQuery.split("&", -1)) {
        int equals = pair.indexOf('=');
        Optional<String> name = Percent.decode(equals < 0 ? pair : pair.substring(0, equals), true);
        Optional<String> value = Percent.decode(equals < 0 ? "" : pair.substring(equals + 1), true);
        if (name.isEmpty() || value.isEmpty()) {
          return Optional.empty();
        }
        parameters.computeIfAbsent(name.get(), any -> new ArrayList<>()).add(value.get());
      }
    }
    return path.map(decoded -> new S3Request(method, decoded, parameters, headers));
  }

  /** A header's value; null without one. */
  public @Nullable String header(String name) {
    List<String> values = headers.get(name);
    return values == null || values.isEmpty() ? null : values.getFirst();
  }

  /** A parameter's value; null without one. */
  public @Nullable String parameter(String name) {
    List<String> values = parameters.get(name);
    return values == null ? null : values.getFirst();
  }

  /** Whether a parameter is there, with a value or without. */
  public boolean has(String name) {
    return parameters.containsKey(name);
  }
}
