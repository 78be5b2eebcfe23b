package dev.muster.gateway.shell.problem;

import java.util.Locale;

/** Every kind of problem the API answers with; the code is the constant in lower case. */
public enum ProblemKind {
  /** The body is not JSON, or not such as this API reads. */
  MALFORMED(400, "The request cannot be read"),
  JSON_TOO_DEEP(400, "The JSON is nested too deeply"),
  JSON_LIMIT(400, "The JSON is larger than this API reads"),
  QUERY(400, "The query is not valid"),
  CURSOR(400, "The cursor is not valid"),
  UNAUTHENTICATED(401, "A valid API key is needed"),
  KEY_EXPIRED(401, "The API key has expired"),
  INSUFFICIENT_CREDIT(402, "The account does not cover the job"),
  SCOPE(403, "The API key does not allow this"),
  TENANT_DISABLED(403, "The tenant is disabled"),
  QUOTA_EXCEEDED(403, "The bucket has no room for it"),
  NOT_FOUND(404, "There is no such thing"),
  METHOD_NOT_ALLOWED(405, "The method is not allowed here"),
  NOT_ACCEPTABLE(406, "None of the accepted media types can be produced"),
  JOB_ALREADY_TERMINAL(409, "The job has ended or is about to"),
  JOB_NOT_TERMINAL(409, "The job has not ended"),
  NOTHING_TO_RETRY(409, "All tasks of the job succeeded"),
  TOO_MANY_KEYS(409, "The tenant has as many keys as it may have"),
  TOO_MANY_WEBHOOKS(409, "The tenant has as many webhooks as it may have"),
  WEBHOOK_DISABLED(409, "The webhook is disabled"),
  IDEMPOTENCY_RUNNING(409, "The first request with this key is still running"),
  ATTEMPT_NOT_CURRENT(409, "The attempt is not the current one"),
  PROJECT_STATE(409, "The state of the project does not allow this"),
  NAME_TAKEN(409, "The name is taken"),
  UPLOAD_INCOMPLETE(409, "Parts of the upload are missing"),
  TENANT_EXISTS(409, "There is such a tenant already"),
  TOO_MANY_VALUES(409, "The project has as many keys as it may have"),
  LINK_EXPIRED(410, "The link is over"),
  RESULTS_DELETED(410, "The results of the job are deleted"),
  PRECONDITION_FAILED(412, "The version is not the one that was asked for"),
  TOO_LARGE(413, "The body is too large"),
  URI_TOO_LONG(414, "The request line is too long"),
  UNSUPPORTED_MEDIA_TYPE(415, "The body has the wrong media type"),
  TOO_MANY_FILES(422, "There are too many files"),
  RANGE(416, "The range cannot be served"),
  ARCHIVE(422, "The archive cannot be unpacked safely"),
  CHECKSUM_MISMATCH(422, "The bytes have another digest than announced"),
  LENGTH_MISMATCH(422, "The bytes are more or fewer than announced"),
  VALIDATION(422, "The request is not valid"),
  INVALID_CHARACTER(422, "A string has a character that cannot be kept"),
  IDEMPOTENCY_KEY(422, "The idempotency key is not valid"),
  IDEMPOTENCY_MISMATCH(422, "The idempotency key was used for another request"),
  TOO_MANY_FAILURES(429, "Too many wrong keys or links came from there"),
  TOO_MANY_STREAMS(429, "Too many event streams are open"),
  JOB_NOT_READY(425, "The job has not ended"),
  HEADERS_TOO_LARGE(431, "The request headers are too large"),
  INTERNAL(500, "Something went wrong on our side"),
  OVERLOADED(503, "The platform takes no new jobs right now"),
  UNAVAILABLE(503, "The platform is unavailable right now"),
  PACKAGE_NOT_READY(503, "The result package is being built"),
  STORE_UNAVAILABLE(503, "The store of files is unavailable right now"),
  STORE_FULL(507, "The store of files is full"),
  LOOP(508, "The request is a webhook of this platform");

  private final int status;
  private final String title;

  ProblemKind(int status, String title) {
    this.status = status;
    this.title = title;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The kind in a few words. */
  public String title() {
    return title;
  }

  /** The kind as a word for programs. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether the same request may work later. */
  public boolean retryable() {
    return status == 425
        || status == 429
        || status == 503
        || status == 507
        || this == IDEMPOTENCY_RUNNING
        || this == INTERNAL;
  }
}
