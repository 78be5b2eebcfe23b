package dev.muster.gateway.s3;

import dev.muster.gateway.bucket.ListWish;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a request asks for. */
public sealed interface S3Operation {
  /** Which buckets there are. */
  record ListBuckets() implements S3Operation {}

  /** Whether a bucket is there. */
  record HeadBucket() implements S3Operation {}

  /** In which region a bucket is. */
  record BucketLocation() implements S3Operation {}

  /**
   * What is in a bucket.
   *
   * @param wish which objects
   * @param newForm whether the answer has the form of version 2
   */
  record ListObjects(ListWish wish, boolean newForm) implements S3Operation {}

  /** Delete the objects that the body names. */
  record DeleteObjects() implements S3Operation {}

  /** The bytes of an object, or what is known of it. */
  record GetObject(String key, boolean headOnly) implements S3Operation {}

  /** Write an object. */
  record PutObject(String key) implements S3Operation {}

  /**
   * Write an object with the bytes of another.
   *
   * @param source bucket and key, decoded
   */
  record CopyObject(String key, String source) implements S3Operation {}

  /** Delete an object. */
  record DeleteObject(String key) implements S3Operation {}

  /** Begin an upload in parts. */
  record CreateUpload(String key) implements S3Operation {}

  /** Write a part. */
  record PutPart(String key, String upload, int number) implements S3Operation {}

  /**
   * Write a part with bytes of an object.
   *
   * @param source bucket and key, decoded
   * @param range which bytes, such as {@code bytes=0-99}; null for all
   */
  record CopyPart(String key, String upload, int number, String source, @Nullable String range)
      implements S3Operation {}

  /**
   * Which uploads are under way.
   *
   * @param prefix what their keys begin with
   * @param afterKey only those behind this key; null for all
   * @param afterUpload with {@code afterKey}, also those of this key behind this upload
   * @param max most of them
   */
  record ListUploads(
      String prefix, @Nullable String afterKey, @Nullable String afterUpload, int max)
      implements S3Operation {}

  /** Make the parts an object. */
  record CompleteUpload(String key, String upload) implements S3Operation {}

  /** Give an upload up. */
  record AbortUpload(String key, String upload) implements S3Operation {}

  /** Which parts are there. */
  record ListParts(String key, String upload) implements S3Operation {}

  /** Nothing that can be done. */
  record Refused(S3Error why) implements S3Operation {}

  /** Most keys on a page, as S3 has it. */
  int KEYS_MAX = 1_000;

  /** Highest number of a part, as S3 has it. */
  int PARTS_MAX = 10_000;

  /**
   * Reads what a request asks for.
   *
   * @param key the object's key; empty when the request is about the bucket, null when about none
   */
  static S3Operation of(S3Request request, @Nullable String key) {
    if (key == null) {
      return request.method().equals("GET")
          ? new ListBuckets()
          : new Refused(S3Error.METHOD_NOT_ALLOWED);
    }
    return key.isEmpty() ? ofBucket(request) : ofObject(request, key);
  }

  private static S3Operation ofBucket(S3Request request) {
    return switch (request.method()) {
      case "HEAD" -> new HeadBucket();
      case "GET" -> bucketGet(request);
      case "POST" ->
          request.has("delete") ? new DeleteObjects() : new Refused(S3Error.NOT_IMPLEMENTED);
      default -> new Refused(S3Error.NOT_IMPLEMENTED);
    };
  }

  private static S3Operation bucketGet(S3Request request) {
    if (request.has("location")) {
      return new BucketLocation();
    }
    boolean uploads = request.has("uploads");
    Set<String> known = uploads ? UPLOADS : LISTING;
    for (String name : request.parameters().keySet()) {
      if (!name.startsWith("X-Amz-") && !name.startsWith("x-") && !known.contains(name)) {
        return new Refused(S3Error.NOT_IMPLEMENTED);
      }
    }
    String max = request.parameter(uploads ? "max-uploads" : "max-keys");
    if (max != null && !max.matches("[0-9]{1,9}")) {
      return new Refused(S3Error.INVALID_ARGUMENT);
    }
    int most = max == null ? KEYS_MAX : Math.min(KEYS_MAX, Integer.parseInt(max));
    return uploads ? uploads(request, most) : listing(request, most);
  }

  private static S3Operation uploads(S3Request request, int max) {
    String afterKey = request.parameter("key-marker");
    String afterUpload = request.parameter("upload-id-marker");
    boolean begins = afterKey == null || afterKey.isEmpty();
    return new ListUploads(
        text(request, "prefix"),
        begins ? null : afterKey,
        begins || afterUpload == null || afterUpload.isEmpty() ? null : afterUpload,
        max);
  }

  private static S3Operation listing(S3Request request, int max) {
    boolean newForm = "2".equals(request.parameter("list-type"));
    String token = request.parameter(newForm ? "continuation-token" : "marker");
    String after = token == null && newForm ? request.parameter("start-after") : token;
    return new ListObjects(
        new ListWish(
            text(request, "prefix"),
            text(request, "delimiter"),
            after == null || after.isEmpty() ? null : after,
            max),
        newForm);
  }

  private static String text(S3Request request, String name) {
    String value = request.parameter(name);
    return value == null ? "" : value;
  }

  /** Parameters of a listing; others ask for something else. */
  Set<String> LISTING =
      Set.of(
          "list-type",
          "prefix",
          "delimiter",
          "max-keys",
          "marker",
          "continuation-token",
          "start-after",
          "fetch-owner",
          "encoding-type");

  /** Parameters of a listing of uploads; folders of uploads are not offered. */
  Set<String> UPLOADS =
      Set.of("uploads", "prefix", "key-marker", "upload-id-marker", "max-uploads", "encoding-type");

  private static S3Operation ofObject(S3Request request, String key) {
    String upload = request.parameter("uploadId");
    return switch (request.method()) {
      case "GET" -> upload == null ? new GetObject(key, false) : new ListParts(key, upload);
      case "HEAD" -> new GetObject(key, true);
      case "PUT" -> upload == null ? put(request, key) : part(request, key, upload);
      case "POST" -> {
        if (request.has("uploads")) {
          yield new CreateUpload(key);
        }
        yield upload == null
            ? new Refused(S3Error.NOT_IMPLEMENTED)
            : new CompleteUpload(key, upload);
      }
      case "DELETE" -> upload == null ? new DeleteObject(key) : new AbortUpload(key, upload);
      default -> new Refused(S3Error.METHOD_NOT_ALLOWED);
    };
  }

  private static S3Operation put(S3Request request, String key) {
    if (request.has("acl") || request.has("tagging") || request.has("retention")) {
      return new Refused(S3Error.NOT_IMPLEMENTED);
    }
    String source = request.header("x-amz-copy-source");
    if (source == null) {
      return new PutObject(key);
    }
    return source(source)
        .<S3Operation>map(decoded -> new CopyObject(key, decoded))
        .orElse(new Refused(S3Error.INVALID_ARGUMENT));
  }

  private static Optional<String> source(String header) {
    return Percent.decode(header.startsWith("/") ? header.substring(1) : header, false);
  }

  private static S3Operation part(S3Request request, String key, String upload) {
    String number = request.parameter("partNumber");
    if (number == null
        || !number.matches("[1-9][0-9]{0,4}")
        || Integer.parseInt(number) > PARTS_MAX) {
      return new Refused(S3Error.INVALID_ARGUMENT);
    }
    int part = Integer.parseInt(number);
    String source = request.header("x-amz-copy-source");
    if (source == null) {
      return new PutPart(key, upload, part);
    }
    String range = request.header("x-amz-copy-source-range");
    return range != null && !range.matches("bytes=[0-9]{1,15}-[0-9]{1,15}")
        ? new Refused(S3Error.INVALID_ARGUMENT)
        : source(source)
            .<S3Operation>map(decoded -> new CopyPart(key, upload, part, decoded, range))
            .orElse(new Refused(S3Error.INVALID_ARGUMENT));
  }
}
