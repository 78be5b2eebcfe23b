package dev.muster.gateway.shell.s3;

import dev.muster.gateway.bucket.ListWish;
import dev.muster.gateway.bucket.Listing;
import dev.muster.gateway.bucket.ObjectKey;
import dev.muster.gateway.bucket.StoredObject;
import dev.muster.gateway.s3.Percent;
import dev.muster.gateway.s3.S3Error;
import dev.muster.gateway.s3.S3Operation;
import dev.muster.gateway.s3.S3Request;
import dev.muster.gateway.shell.blob.Staging;
import dev.muster.gateway.shell.bucket.Buckets;
import dev.muster.gateway.shell.bucket.Buckets.Condition;
import dev.muster.gateway.shell.bucket.ObjectUploads;
import dev.muster.gateway.shell.config.StoreConfig;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;

/** What becomes of each operation of an S3 client. */
@Singleton
public class S3Desk {
  private static final int DOCUMENT_MAX = 2 * 1024 * 1024;
  private static final String OCTETS = MediaType.APPLICATION_OCTET_STREAM;

  private final Buckets buckets;
  private final ObjectUploads uploads;
  private final UploadAnswers parts;
  private final ObjectAnswers objects;
  private final StoreConfig config;

  S3Desk(
      Buckets buckets,
      ObjectUploads uploads,
      UploadAnswers parts,
      ObjectAnswers objects,
      StoreConfig config) {
    this.buckets = buckets;
    this.uploads = uploads;
    this.parts = parts;
    this.objects = objects;
    this.config = config;
  }

  /**
   * A request that may be answered.
   *
   * @param tenant whose
   * @param bucket that it names; empty for none
   * @param request its head
   * @param granted its signature
   */
  record Call(String tenant, String bucket, S3Request request, S3Access.Granted granted) {}

  Response answer(Call call, S3Operation operation, InputStream body) {
    String alias = buckets.usage(call.tenant()).alias();
    boolean aboutNone =
        operation instanceof S3Operation.ListBuckets || operation instanceof S3Operation.Refused;
    if (!aboutNone && !alias.equals(call.bucket())) {
      throw new S3Exception(S3Error.NO_SUCH_BUCKET);
    }
    return switch (operation) {
      case S3Operation.Refused(S3Error why) -> throw new S3Exception(why);
      case S3Operation.ListBuckets() -> bucketList(alias);
      case S3Operation.HeadBucket() -> Response.ok().build();
      case S3Operation.BucketLocation() -> xml(new XmlDocument("LocationConstraint", true).end());
      case S3Operation.ListObjects list -> listing(call, list);
      case S3Operation.DeleteObjects() -> deleteMany(call, document(call, body));
      case S3Operation.GetObject(String key, boolean headOnly) ->
          objects.of(call, key(key), headOnly);
      case S3Operation.PutObject(String key) -> put(call, key(key), body);
      case S3Operation.CopyObject(String key, String source) -> copy(call, key(key), source);
      case S3Operation.DeleteObject(String key) -> {
        buckets.delete(call.tenant(), List.of(key));
        yield Response.noContent().build();
      }
      case S3Operation.CreateUpload(String key) -> begin(call, key(key));
      case S3Operation.ListUploads list -> parts.uploads(call, list);
      case S3Operation.CopyPart part -> parts.copy(call, part);
      case S3Operation.PutPart part -> part(call, part, body);
      case S3Operation.CompleteUpload(String key, String upload) ->
          complete(call, key, upload, document(call, body));
      case S3Operation.AbortUpload(String key, String upload) -> {
        if (!uploads.abort(call.tenant(), upload, key)) {
          throw new S3Exception(S3Error.NO_SUCH_UPLOAD);
        }
        yield Response.noContent().build();
      }
      case S3Operation.ListParts(String key, String upload) -> parts.present(call, key, upload);
    };
  }

  private static String key(String key) {
    if (ObjectKey.complaint(key).isPresent()) {
      throw new S3Exception(S3Error.INVALID_KEY);
    }
    return key;
  }

  static Response xml(String document) {
    return Response.ok(document, MediaType.APPLICATION_XML).build();
  }

  private static Response bucketList(String alias) {
    XmlDocument xml = new XmlDocument("ListAllMyBucketsResult", true);
    xml.element(
        "Buckets",
        () ->
            xml.element(
                "Bucket",
                () -> xml.element("Name", alias).element("CreationDate", "2026-01-01T00:00:00Z")));
    return xml(xml.end());
  }

  private Response listing(Call call, S3Operation.ListObjects list) {
    ListWish wish = list.wish();
    Listing page =
        wish.max() == 0
            ? new Listing(List.of(), List.of(), null)
            : buckets.list(call.tenant(), wish);
    UnaryOperator<String> shown =
        "url".equals(call.request().parameter("encoding-type"))
            ? text -> Percent.encode(text, true)
            : UnaryOperator.identity();
    XmlDocument xml = new XmlDocument("ListBucketResult", true);
    xml.element("Name", call.bucket());
    xml.element("Prefix", shown.apply(wish.prefix()));
    xml.element("Delimiter", shown.apply(wish.delimiter()));
    xml.element("MaxKeys", wish.max());
    xml.element("IsTruncated", page.next() != null);
    if (list.newForm()) {
      xml.element("KeyCount", page.objects().size() + page.folders().size());
    }
    if (page.next() != null) {
      xml.element(
          list.newForm() ? "NextContinuationToken" : "NextMarker",
          list.newForm() ? page.next() : shown.apply(page.next()));
    }
    if (shown.apply(" ").equals("%20")) {
      xml.element("EncodingType", "url");
    }
    for (StoredObject object : page.objects()) {
      xml.element(
          "Contents",
          () ->
              xml.element("Key", shown.apply(object.key()))
                  .element("LastModified", object.modifiedAt())
                  .element("ETag", object.digest().etag())
                  .element("Size", object.bytes())
                  .element("StorageClass", "STANDARD"));
    }
    for (String folder : page.folders()) {
      xml.element("CommonPrefixes", () -> xml.element("Prefix", shown.apply(folder)));
    }
    return xml(xml.end());
  }

  private Response deleteMany(Call call, byte[] document) {
    XmlBody.Deleted deleted = XmlBody.keys(document);
    buckets.delete(call.tenant(), deleted.keys());
    XmlDocument xml = new XmlDocument("DeleteResult", true);
    if (!deleted.quiet()) {
      deleted.keys().forEach(key -> xml.element("Deleted", () -> xml.element("Key", key)));
    }
    return xml(xml.end());
  }

  private Response put(Call call, String key, InputStream in) {
    S3Body body = body(call, in);
    Buckets.Outcome outcome =
        buckets.put(
            call.tenant(), key, type(call), body, body.expected(), condition(call.request()));
    return Response.ok().header("ETag", written(outcome, body).digest().etag()).build();
  }

  private S3Body body(Call call, InputStream in) {
    S3Body body = S3Body.of(call.request(), call.granted(), in);
    Long bytes = body.expected().bytes();
    if (bytes != null && bytes > config.fileBytesMax()) {
      throw new S3Exception(S3Error.ENTITY_TOO_LARGE);
    }
    return body;
  }

  private static Condition condition(S3Request request) {
    return new Condition("*".equals(request.header("if-none-match")), request.header("if-match"));
  }

  private static String type(Call call) {
    String type = call.request().header("content-type");
    return type == null || type.length() > 200 || !type.matches("[\\x20-\\x7E]+") ? OCTETS : type;
  }

  private static StoredObject written(Buckets.Outcome outcome, S3Body body) {
    return switch (outcome) {
      case Buckets.Outcome.Written(StoredObject object) -> object;
      case Buckets.Outcome.Refused(var why) -> throw refusal(body, why.reason());
      case Buckets.Outcome.NoRoom(var usage, long bytes) ->
          throw new S3Exception(S3Error.QUOTA_EXCEEDED);
      case Buckets.Outcome.Unexpected() -> throw new S3Exception(S3Error.PRECONDITION_FAILED);
      case Buckets.Outcome.Missing() -> throw new S3Exception(S3Error.NO_SUCH_KEY);
    };
  }

  private static S3Exception refusal(S3Body body, Staging.Reason reason) {
    return new S3Exception(
        body.failure()
            .orElse(
                switch (reason) {
                  case TOO_LARGE -> S3Error.ENTITY_TOO_LARGE;
                  case BROKEN_OFF, LENGTH -> S3Error.INCOMPLETE_BODY;
                  case CHECKSUM -> S3Error.BAD_DIGEST;
                }));
  }

  private Response copy(Call call, String key, String source) {
    int slash = source.indexOf('/');
    if (slash < 0 || !source.substring(0, slash).equals(call.bucket())) {
      throw new S3Exception(S3Error.NO_SUCH_BUCKET);
    }
    Buckets.Outcome outcome =
        buckets.copy(call.tenant(), source.substring(slash + 1), key, condition(call.request()));
    return switch (outcome) {
      case Buckets.Outcome.Written(StoredObject object) ->
          xml(
              new XmlDocument("CopyObjectResult", true)
                  .element("LastModified", object.modifiedAt())
                  .element("ETag", object.digest().etag())
                  .end());
      case Buckets.Outcome.Missing() -> throw new S3Exception(S3Error.NO_SUCH_KEY);
      case Buckets.Outcome.NoRoom(var usage, long bytes) ->
          throw new S3Exception(S3Error.QUOTA_EXCEEDED);
      case Buckets.Outcome.Unexpected() -> throw new S3Exception(S3Error.PRECONDITION_FAILED);
      case Buckets.Outcome.Refused(var why) -> throw new S3Exception(S3Error.INTERNAL);
    };
  }

  private Response begin(Call call, String key) {
    String upload = uploads.begin(call.tenant(), key, type(call));
    return xml(
        new XmlDocument("InitiateMultipartUploadResult", true)
            .element("Bucket", call.bucket())
            .element("Key", key)
            .element("UploadId", upload)
            .end());
  }

  private Response part(Call call, S3Operation.PutPart part, InputStream in) {
    S3Body body = body(call, in);
    ObjectUploads.PartOutcome outcome =
        uploads.put(call.tenant(), part.upload(), part.key(), part.number(), body, body.expected());
    return switch (outcome) {
      case ObjectUploads.PartOutcome.There(var digest) ->
          Response.ok().header("ETag", digest.etag()).build();
      case ObjectUploads.PartOutcome.Refused(var why) -> throw refusal(body, why.reason());
      case ObjectUploads.PartOutcome.NoRoom() -> throw new S3Exception(S3Error.QUOTA_EXCEEDED);
      case ObjectUploads.PartOutcome.Unknown() -> throw new S3Exception(S3Error.NO_SUCH_UPLOAD);
    };
  }

  private Response complete(Call call, String key, String upload, byte[] document) {
    return switch (uploads.complete(call.tenant(), upload, key, XmlBody.parts(document))) {
      case ObjectUploads.Completion.Unknown() -> throw new S3Exception(S3Error.NO_SUCH_UPLOAD);
      case ObjectUploads.Completion.WrongPart() -> throw new S3Exception(S3Error.INVALID_PART);
      case ObjectUploads.Completion.Done(Buckets.Outcome.Written(StoredObject object)) ->
          xml(
              new XmlDocument("CompleteMultipartUploadResult", true)
                  .element("Location", "/s3/" + call.bucket() + "/" + key)
                  .element("Bucket", call.bucket())
                  .element("Key", key)
                  .element("ETag", object.digest().etag())
                  .end());
      case ObjectUploads.Completion.Done(Buckets.Outcome.NoRoom none) ->
          throw new S3Exception(S3Error.QUOTA_EXCEEDED);
      case ObjectUploads.Completion.Done(Buckets.Outcome other) ->
          throw new S3Exception(S3Error.INVALID_PART);
    };
  }

  private static byte[] document(Call call, InputStream in) {
    try {
      byte[] bytes = S3Body.of(call.request(), call.granted(), in).readNBytes(DOCUMENT_MAX + 1);
      String signed = call.granted().signed().payload();
      boolean wrong =
          signed.matches("[0-9a-f]{64}")
              && !HexFormat.of().formatHex(SigningKey.sha256().digest(bytes)).equals(signed);
      if (bytes.length > DOCUMENT_MAX || wrong) {
        throw new S3Exception(wrong ? S3Error.BAD_DIGEST : S3Error.MALFORMED_XML);
      }
      return bytes;
    } catch (IOException e) {
      throw new S3Exception(S3Error.INCOMPLETE_BODY);
    }
  }
}
