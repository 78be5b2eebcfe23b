package dev.muster.gateway.shell.http;

import dev.muster.gateway.keyvalue.Precondition;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.keyvalue.KeyValueRepository;
import dev.muster.gateway.shell.keyvalue.KeyValueRepository.Change;
import dev.muster.gateway.shell.keyvalue.KeyValueRepository.Entry;
import dev.muster.gateway.shell.keyvalue.KeyValueRepository.Space;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.shell.store.DatabaseWatch;
import dev.muster.gateway.submission.FieldError;
import dev.muster.gateway.submission.JsonValue;
import dev.muster.gateway.submission.Limits;
import dev.muster.kit.Database;
import dev.muster.kit.Tx;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Small JSON documents of a project (S2-51), changed by compare and set. */
@Path("/api/v1/projects")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class KeyValueResource {
  private static final Pattern PROJECT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._:-]{0,127}");

  private final Requests requests;
  private final Caller caller;
  private final Database database;
  private final DatabaseWatch watch;
  private final Cursors cursors;

  KeyValueResource(
      Requests requests, Caller caller, Database database, DatabaseWatch watch, Cursors cursors) {
    this.requests = requests;
    this.caller = caller;
    this.database = database;
    this.watch = watch;
    this.cursors = cursors;
  }

  /** A document without its value. */
  record Shown(String key, String etag, int bytes, Instant updatedAt) {
    static Shown of(Entry entry) {
      return new Shown(
          entry.key(),
          Precondition.tag(entry.version()),
          entry.value().getBytes(StandardCharsets.UTF_8).length,
          entry.updatedAt());
    }
  }

  /** The documents of a project in the order of their keys, without their values. */
  @GET
  @Path("{name}/kv")
  public String list(@PathParam("name") String name, @Context UriInfo uri) {
    Query query = Query.of(uri, "prefix", "limit", "cursor");
    int limit = query.integer("limit", 1, 1_000, 100);
    String asked = query.text("prefix");
    String prefix = asked == null ? "" : asked;
    String cursor = query.text("cursor");
    query.check();
    Space space = space(name);
    String list = "kv/" + name + "?" + prefix;
    String after = cursors.read(caller.tenant(), list, cursor);
    List<Entry> found =
        call(space, tx -> KeyValueRepository.list(tx, space, prefix, after, limit + 1));
    boolean more = found.size() > limit;
    List<Entry> page = more ? found.subList(0, limit) : found;
    return ApiJson.text(
        new ListResource.Page(
            page.stream().map(Shown::of).toList(),
            more ? cursors.write(caller.tenant(), list, page.getLast().key()) : null,
            more));
  }

  /** The value, byte for byte as it was put. */
  @GET
  @Path("{name}/kv/{key}")
  public Response get(
      @PathParam("name") String name,
      @PathParam("key") String key,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    Query.of(uri);
    Space space = space(name);
    Entry entry =
        call(space, tx -> KeyValueRepository.find(tx, space, key))
            .orElseThrow(() -> ProblemException.notFound("key"));
    Precondition unchanged =
        Precondition.of(null, headers.getHeaderString(HttpHeaders.IF_NONE_MATCH));
    String tag = Precondition.tag(entry.version());
    return unchanged.holds(entry.version())
        ? Response.ok(entry.value()).header(HttpHeaders.ETAG, tag).build()
        : Response.notModified().header(HttpHeaders.ETAG, tag).build();
  }

  /** Puts a value; {@code If-Match} and {@code If-None-Match: *} make it a compare and set. */
  @PUT
  @Path("{name}/kv/{key}")
  @Consumes(MediaType.APPLICATION_JSON)
  public Response put(
      @PathParam("name") String name,
      @PathParam("key") String key,
      InputStream in,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    Query.of(uri);
    Space space = space(name);
    requireKey(key);
    String value = requests.withBody(headers, in, KeyValueResource::value);
    Change change =
        call(
            space,
            tx ->
                KeyValueRepository.put(
                    tx, space, key, value, precondition(headers), Limits.VALUES_MAX));
    return switch (change) {
      case Change.Done(Entry entry, boolean created) ->
          Response.status(created ? 201 : 200)
              .entity(ApiJson.text(Shown.of(entry)))
              .header(HttpHeaders.ETAG, Precondition.tag(entry.version()))
              .build();
      case Change.Unmet _ -> throw unmet();
      case Change.Absent _ -> throw ProblemException.notFound("key");
      case Change.Full _ ->
          throw new ProblemException(
              ProblemKind.TOO_MANY_VALUES,
              "Expected at most " + Limits.VALUES_MAX + " keys in a project, but it has as many");
    };
  }

  /** Deletes a value; {@code If-Match} makes it a compare and delete. */
  @DELETE
  @Path("{name}/kv/{key}")
  public Response delete(
      @PathParam("name") String name,
      @PathParam("key") String key,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    Query.of(uri);
    Space space = space(name);
    Change change =
        call(space, tx -> KeyValueRepository.delete(tx, space, key, precondition(headers)));
    return switch (change) {
      case Change.Done _ -> Response.noContent().build();
      case Change.Unmet _ -> throw unmet();
      case Change.Absent _, Change.Full _ -> throw ProblemException.notFound("key");
    };
  }

  private Space space(String project) {
    if (!PROJECT.matcher(project).matches()) {
      throw ProblemException.notFound("project");
    }
    return new Space(caller.tenant(), project);
  }

  private <T> T call(Space space, Function<Tx, T> work) {
    return watch.call(() ->
        database.transaction(tx -> {
          if (!KeyValueRepository.exists(tx, space)) {
            throw ProblemException.notFound("project");
          }
          return work.apply(tx);
        }));
  }

  private static Precondition precondition(HttpHeaders headers) {
    return Precondition.of(
        headers.getHeaderString(HttpHeaders.IF_MATCH),
        headers.getHeaderString(HttpHeaders.IF_NONE_MATCH));
  }

  private static void requireKey(String key) {
    if (!KEY.matcher(key).matches()) {
      String detail =
          "Expected a key of 1 to 128 letters, digits, dots, colons, dashes and underscores";
      throw new ProblemException(
          ProblemKind.VALIDATION, detail, List.of(new FieldError("", "key", detail)));
    }
  }

  private static String value(RequestBody body) {
    JsonValue root = JsonBody.read(body, BodyShape.DOCUMENT).root();
    if (root.end() - root.start() > Limits.VALUE_BYTES_MAX) {
      String detail = "Expected a value of at most " + Limits.VALUE_BYTES_MAX + " bytes";
      throw new ProblemException(
          ProblemKind.VALIDATION, detail, List.of(new FieldError("", "max-bytes", detail)));
    }
    return body.slice(root.start(), root.end());
  }

  private static ProblemException unmet() {
    return new ProblemException(
        ProblemKind.PRECONDITION_FAILED, "Expected the version that was asked for, but it differs");
  }
}
