package dev.muster.gateway.shell.s3;

import dev.muster.gateway.blob.Blob;
import dev.muster.gateway.blob.ByteRange;
import dev.muster.gateway.bucket.StoredObject;
import dev.muster.gateway.s3.S3Error;
import dev.muster.gateway.shell.blob.BlobStore;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.bucket.Buckets;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jboss.resteasy.reactive.PathPart;
import org.jspecify.annotations.Nullable;

/** Answers with an object or a range of it; a browser saves it and shows nothing. */
@Singleton
public class ObjectAnswers {
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

  private final Buckets buckets;
  private final Blobs blobs;

  ObjectAnswers(Buckets buckets, Blobs blobs) {
    this.buckets = buckets;
    this.blobs = blobs;
  }

  Response of(S3Desk.Call call, String key, boolean headOnly) {
    StoredObject object =
        buckets.find(call.tenant(), key).orElseThrow(() -> new S3Exception(S3Error.NO_SUCH_KEY));
    String etag = object.digest().etag();
    String unlike = call.request().header("if-none-match");
    String like = call.request().header("if-match");
    if (like != null && !like.equals(etag) && !like.equals("*")) {
      throw new S3Exception(S3Error.PRECONDITION_FAILED);
    }
    if (etag.equals(unlike)) {
      return Response.notModified().header("ETag", etag).build();
    }
    ByteRange range = ByteRange.of(call.request().header("range"), object.bytes());
    return switch (range) {
      case ByteRange.Unsatisfiable() -> throw new S3Exception(S3Error.INVALID_RANGE);
      case ByteRange.Whole() -> answer(call, object, headOnly, 0, object.bytes(), null);
      case ByteRange.Part part ->
          answer(
              call,
              object,
              headOnly,
              part.offset(),
              part.count(),
              part.contentRange(object.bytes()));
    };
  }

  private Response answer(
      S3Desk.Call call,
      StoredObject object,
      boolean headOnly,
      long offset,
      long count,
      @Nullable String contentRange) {
    Response.ResponseBuilder answer =
        Response.status(contentRange == null ? 200 : 206)
            .header("Content-Type", object.contentType())
            .header("Content-Length", count)
            .header("ETag", object.digest().etag())
            .header("Last-Modified", HTTP_DATE.format(object.modifiedAt()))
            .header("Accept-Ranges", "bytes")
            .header("Content-Disposition", "attachment");
    if (contentRange != null) {
      answer.header("Content-Range", contentRange);
    }
    return headOnly ? answer.build() : answer.entity(entity(call, object, offset, count)).build();
  }

  private Object entity(S3Desk.Call call, StoredObject object, long offset, long count) {
    Blob blob =
        buckets.blob(call.tenant(), object).orElseThrow(() -> new S3Exception(S3Error.NO_SUCH_KEY));
    return switch (blobs.open(blob, offset, count)) {
      case BlobStore.Content.InFile(var file, var from, var length) ->
          length == 0 ? new byte[0] : new PathPart(file, from, length);
      case BlobStore.Content.Streamed(var in, var length) ->
          (StreamingOutput)
              out -> {
                try (in) {
                  in.transferTo(out);
                }
              };
    };
  }
}
