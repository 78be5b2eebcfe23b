package dev.muster.gateway.shell.http;

import dev.muster.gateway.blob.Blob;
import dev.muster.gateway.blob.ByteRange;
import dev.muster.gateway.shell.blob.BlobStore;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.blob.Staging;
import dev.muster.gateway.shell.problem.Problem;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jboss.resteasy.reactive.PathPart;
import org.jspecify.annotations.Nullable;

/** Answers with the bytes of a blob: whole or a range, never shown in a page, never guessed at. */
@Singleton
public class BlobAnswers {
  private final Blobs blobs;

  BlobAnswers(Blobs blobs) {
    this.blobs = blobs;
  }

  /**
   * The bytes that the request asks for.
   *
   * @param name what the file is called where it is saved
   */
  public Response of(RoutingContext context, Blob blob, String name) {
    String etag = blob.digest().etag();
    if (matches(context.request().getHeader(HttpHeaders.IF_NONE_MATCH), etag)) {
      return Response.notModified().header(HttpHeaders.ETAG, etag).build();
    }
    return switch (range(context, blob, etag)) {
      case ByteRange.Whole() -> bytes(blob, name, 200, 0, blob.bytes()).build();
      case ByteRange.Part part ->
          bytes(blob, name, 206, part.offset(), part.count())
              .header("Content-Range", part.contentRange(blob.bytes()))
              .build();
      case ByteRange.Unsatisfiable() -> unsatisfiable(context, blob);
    };
  }

  /** A range is meant for the bytes that the client has begun with, or for none. */
  private static ByteRange range(RoutingContext context, Blob blob, String etag) {
    String ifRange = context.request().getHeader("If-Range");
    boolean same = ifRange == null || ifRange.strip().equals(etag);
    return ByteRange.of(same ? context.request().getHeader("Range") : null, blob.bytes());
  }

  private Response.ResponseBuilder bytes(
      Blob blob, String name, int status, long offset, long count) {
    return Response.status(status)
        .entity(entity(blobs.open(blob, offset, count)))
        .type(MediaType.APPLICATION_OCTET_STREAM)
        .header(HttpHeaders.CONTENT_LENGTH, count)
        .header(HttpHeaders.ETAG, blob.digest().etag())
        .header("Accept-Ranges", "bytes")
        .header("X-Artifact-Sha256", blob.digest().hex())
        .header(HttpHeaders.CONTENT_DISPOSITION, disposition(name));
  }

  private static Object entity(BlobStore.Content content) {
    return switch (content) {
      case BlobStore.Content.InFile(var file, var offset, var count) ->
          count == 0 ? new byte[0] : new PathPart(file, offset, count);
      case BlobStore.Content.Streamed(var in, var count) ->
          (StreamingOutput)
              out -> {
                try (in) {
                  in.transferTo(out);
                }
              };
    };
  }

  private static Response unsatisfiable(RoutingContext context, Blob blob) {
    Problem problem =
        Problem.of(
            ProblemKind.RANGE,
            "Expected one range within " + blob.bytes() + " bytes, but got another",
            List.of());
    return Response.fromResponse(ProblemWriter.response(context, problem))
        .header("Content-Range", "bytes */" + blob.bytes())
        .build();
  }

  /** RFC 6266: always to be saved, under the last part of its name. */
  private static String disposition(String name) {
    String file = name.substring(name.lastIndexOf('/') + 1);
    String encoded = URLEncoder.encode(file, StandardCharsets.UTF_8).replace("+", "%20");
    return "attachment; filename*=UTF-8''" + encoded;
  }

  private static boolean matches(@Nullable String header, String etag) {
    if (header == null) {
      return false;
    }
    for (String one : header.split(",", -1)) {
      if (one.strip().equals(etag) || one.strip().equals("*")) {
        return true;
      }
    }
    return false;
  }

  /** The problem of bytes that were refused. */
  public static ProblemException problem(Staging.Refused refused) {
    ProblemKind kind =
        switch (refused.reason()) {
          case TOO_LARGE -> ProblemKind.TOO_LARGE;
          case BROKEN_OFF -> ProblemKind.MALFORMED;
          case LENGTH -> ProblemKind.LENGTH_MISMATCH;
          case CHECKSUM -> ProblemKind.CHECKSUM_MISMATCH;
        };
    return new ProblemException(kind, refused.detail());
  }
}
