package dev.muster.gateway.shell.s3;

import dev.muster.gateway.blob.Blob;
import dev.muster.gateway.blob.ByteRange;
import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.bucket.StoredObject;
import dev.muster.gateway.s3.Percent;
import dev.muster.gateway.s3.S3Error;
import dev.muster.gateway.s3.S3Operation;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.blob.Staging;
import dev.muster.gateway.shell.bucket.Buckets;
import dev.muster.gateway.shell.bucket.ObjectUpload;
import dev.muster.gateway.shell.bucket.ObjectUploads;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Answers about uploads in parts: those under way, their parts, parts that come from an object. */
@Singleton
public class UploadAnswers {
  private final Buckets buckets;
  private final Blobs blobs;
  private final ObjectUploads uploads;

  UploadAnswers(Buckets buckets, Blobs blobs, ObjectUploads uploads) {
    this.buckets = buckets;
    this.blobs = blobs;
    this.uploads = uploads;
  }

  Response present(S3Desk.Call call, String key, String upload) {
    Map<Integer, Sha256> present =
        uploads
            .present(call.tenant(), upload, key)
            .orElseThrow(() -> new S3Exception(S3Error.NO_SUCH_UPLOAD));
    XmlDocument xml = new XmlDocument("ListPartsResult", true);
    xml.element("Bucket", call.bucket()).element("Key", key).element("UploadId", upload);
    xml.element("IsTruncated", false);
    present.forEach((number, digest) ->
        xml.element(
            "Part", () -> xml.element("PartNumber", number).element("ETag", digest.etag())));
    return S3Desk.xml(xml.end());
  }

  Response uploads(S3Desk.Call call, S3Operation.ListUploads list) {
    List<ObjectUpload> found = uploads.underWay(call.tenant(), list, list.max() + 1);
    boolean more = found.size() > list.max();
    List<ObjectUpload> page = more ? found.subList(0, list.max()) : found;
    boolean encoded = "url".equals(call.request().parameter("encoding-type"));
    UnaryOperator<String> shown =
        encoded ? text -> Percent.encode(text, true) : UnaryOperator.identity();
    XmlDocument xml = new XmlDocument("ListMultipartUploadsResult", true);
    xml.element("Bucket", call.bucket());
    xml.element("Prefix", shown.apply(list.prefix()));
    xml.element("MaxUploads", list.max());
    // A page of none has no place from which another could go on.
    xml.element("IsTruncated", more && !page.isEmpty());
    if (more && !page.isEmpty()) {
      xml.element("NextKeyMarker", shown.apply(page.getLast().key()));
      xml.element("NextUploadIdMarker", page.getLast().id());
    }
    if (encoded) {
      xml.element("EncodingType", "url");
    }
    for (ObjectUpload upload : page) {
      xml.element(
          "Upload",
          () ->
              xml.element("Key", shown.apply(upload.key()))
                  .element("UploadId", upload.id())
                  .element("StorageClass", "STANDARD")
                  .element("Initiated", upload.createdAt()));
    }
    return S3Desk.xml(xml.end());
  }

  Response copy(S3Desk.Call call, S3Operation.CopyPart part) {
    int slash = part.source().indexOf('/');
    if (slash < 0 || !part.source().substring(0, slash).equals(call.bucket())) {
      throw new S3Exception(S3Error.NO_SUCH_BUCKET);
    }
    StoredObject source =
        buckets
            .find(call.tenant(), part.source().substring(slash + 1))
            .orElseThrow(() -> new S3Exception(S3Error.NO_SUCH_KEY));
    return switch (ByteRange.of(part.range(), source.bytes())) {
      case ByteRange.Unsatisfiable() -> throw new S3Exception(S3Error.INVALID_RANGE);
      case ByteRange.Whole() -> copy(call, part, source, 0, source.bytes());
      case ByteRange.Part range -> copy(call, part, source, range.offset(), range.count());
    };
  }

  private Response copy(
      S3Desk.Call call, S3Operation.CopyPart part, StoredObject source, long offset, long count) {
    Blob blob =
        buckets.blob(call.tenant(), source).orElseThrow(() -> new S3Exception(S3Error.NO_SUCH_KEY));
    try (InputStream in = blobs.stream(blob, offset, count)) {
      ObjectUploads.PartOutcome outcome =
          uploads.put(
              call.tenant(),
              part.upload(),
              part.key(),
              part.number(),
              in,
              new Staging.Expected(count, count, null));
      return switch (outcome) {
        case ObjectUploads.PartOutcome.There(var digest) -> copied(digest);
        case ObjectUploads.PartOutcome.Refused(var why) -> throw new S3Exception(S3Error.INTERNAL);
        case ObjectUploads.PartOutcome.NoRoom() -> throw new S3Exception(S3Error.QUOTA_EXCEEDED);
        case ObjectUploads.PartOutcome.Unknown() -> throw new S3Exception(S3Error.NO_SUCH_UPLOAD);
      };
    } catch (IOException e) {
      throw blobs.unreadable(e);
    }
  }

  private static Response copied(Sha256 digest) {
    return S3Desk.xml(
        new XmlDocument("CopyPartResult", true)
            .element("LastModified", Instant.now())
            .element("ETag", digest.etag())
            .end());
  }
}
