package dev.muster.gateway.s3;

/** What S3 clients are told when something is refused; the names are those that they know. */
public enum S3Error {
  ACCESS_DENIED("AccessDenied", 403, "The request is not allowed"),
  AUTHORIZATION_MALFORMED(
      "AuthorizationHeaderMalformed", 400, "Expected a Signature Version 4, but got another form"),
  BAD_DIGEST("BadDigest", 400, "The bytes have another checksum than announced"),
  ENTITY_TOO_LARGE("EntityTooLarge", 400, "There are more bytes than may be"),
  ENTITY_TOO_SMALL("EntityTooSmall", 400, "A part that is not the last has too few bytes"),
  EXPIRED("AccessDenied", 403, "The request has expired"),
  INCOMPLETE_BODY("IncompleteBody", 400, "There are fewer bytes than announced"),
  INTERNAL("InternalError", 500, "Something went wrong on our side"),
  INVALID_ACCESS_KEY("InvalidAccessKeyId", 403, "There is no such access key, or not any more"),
  INVALID_ARGUMENT("InvalidArgument", 400, "A parameter cannot be read"),
  INVALID_KEY("InvalidArgument", 400, "The key cannot be that of an object"),
  INVALID_PART("InvalidPart", 400, "A part was never written, or is another one"),
  INVALID_PART_ORDER("InvalidPartOrder", 400, "The parts are not in ascending order"),
  INVALID_RANGE("InvalidRange", 416, "The range cannot be served"),
  MALFORMED_XML("MalformedXML", 400, "The document cannot be read"),
  METHOD_NOT_ALLOWED("MethodNotAllowed", 405, "The method is not allowed here"),
  NO_SUCH_BUCKET("NoSuchBucket", 404, "There is no such bucket"),
  NO_SUCH_KEY("NoSuchKey", 404, "There is no such object"),
  NO_SUCH_UPLOAD("NoSuchUpload", 404, "There is no such upload, or not any more"),
  NOT_IMPLEMENTED("NotImplemented", 501, "This operation is not offered"),
  PRECONDITION_FAILED("PreconditionFailed", 412, "The object is not as the request expects"),
  QUOTA_EXCEEDED("QuotaExceeded", 403, "The bucket has no room for these bytes"),
  SIGNATURE_MISMATCH(
      "SignatureDoesNotMatch", 403, "The signature is not the one computed for this request"),
  TIME_SKEWED("RequestTimeTooSkewed", 403, "The request's time differs too much from ours"),
  UNAVAILABLE("ServiceUnavailable", 503, "The store is unavailable right now");

  private final String code;
  private final int status;
  private final String message;

  S3Error(String code, int status, String message) {
    this.code = code;
    this.status = status;
    this.message = message;
  }

  /** The word that clients know. */
  public String code() {
    return code;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** One sentence for people. */
  public String message() {
    return message;
  }
}
