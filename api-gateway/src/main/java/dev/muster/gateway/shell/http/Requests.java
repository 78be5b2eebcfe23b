package dev.muster.gateway.shell.http;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.key.Checked;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.config.GatewayConfig;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.shell.store.Admission;
import dev.muster.gateway.shell.store.Draft;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.submission.FieldError;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** What resources do alike: bodies, ids in paths, idempotency keys, admission. */
@Singleton
public class Requests {
  private final GatewayConfig config;
  private final Admission admission;
  private final Caller caller;
  private final JobRepository jobs;
  private final Semaphore largeBodies;

  Requests(GatewayConfig config, Admission admission, Caller caller, JobRepository jobs) {
    this.config = config;
    this.admission = admission;
    this.caller = caller;
    this.jobs = jobs;
    this.largeBodies = new Semaphore(config.largeBodiesMax());
  }

  /** Does something with the body of a request. */
  @FunctionalInterface
  interface BodyWork<T> {
    T with(RequestBody body);
  }

  /** Reads the body, with a bound on how many large ones are held at once. */
  <T> T withBody(HttpHeaders headers, InputStream in, BodyWork<T> work) {
    requirePlainJson(headers);
    int length = headers.getLength();
    boolean large = length < 0 || length >= RequestBody.HEAP_MAX;
    if (large && !largeBodies.tryAcquire()) {
      throw new ProblemException(
          ProblemKind.OVERLOADED, "Expected fewer large bodies at once; repeat the request");
    }
    try {
      return work.with(RequestBody.read(in, config.bodyBytesMax()));
    } finally {
      if (large) {
        largeBodies.release();
      }
    }
  }

  private static void requirePlainJson(HttpHeaders headers) {
    String charset =
        headers.getMediaType() == null
            ? null
            : headers.getMediaType().getParameters().get("charset");
    boolean utf8 = charset == null || charset.toLowerCase(Locale.ROOT).equals("utf-8");
    boolean json =
        headers.getMediaType() == null
            || headers.getMediaType().isCompatible(MediaType.APPLICATION_JSON_TYPE);
    if (!json || !utf8 || headers.getHeaderString("Content-Encoding") != null) {
      throw new ProblemException(Problems.ofStatus(415));
    }
  }

  /** What a body asks for; ends the request with all that is wrong with it. */
  static <T> T valid(Checked<T> checked) {
    return switch (checked) {
      case Checked.Valid<T>(T value) -> value;
      case Checked.Invalid<T>(List<FieldError> errors) ->
          throw new ProblemException(
              ProblemKind.VALIDATION,
              errors.size() == 1 ? errors.getFirst().detail() : errors.size() + " fields are wrong",
              errors);
    };
  }

  /** Ends the request when no new jobs are taken. */
  void requireAdmission() {
    if (!admission.isOpen()) {
      throw new ProblemException(
          ProblemKind.OVERLOADED,
          "Expected accepted jobs to move on, but they wait for the broker; repeat the request");
    }
  }

  /** The job of a path, if it is the caller's. */
  JobRepository.Found job(String id) {
    return jobs.find(caller.tenant(), jobId(id)).orElseThrow(ProblemException::notFound);
  }

  static JobId jobId(String id) {
    try {
      return JobId.parse(id);
    } catch (IllegalArgumentException e) {
      throw ProblemException.notFound();
    }
  }

  /**
   * What makes the request recognisable, or null without an Idempotency-Key.
   *
   * @param route which operation
   * @param fingerprint SHA-256 of the canonical request
   */
  static Draft.@Nullable Repeat repeat(HttpHeaders headers, String route, byte[] fingerprint) {
    String key = idempotencyKey(headers);
    return key == null ? null : new Draft.Repeat(route, key, fingerprint);
  }

  static @Nullable String idempotencyKey(HttpHeaders headers) {
    List<String> keys = headers.getRequestHeader("Idempotency-Key");
    if (keys == null || keys.isEmpty()) {
      return null;
    }
    String key = keys.getFirst();
    if (keys.size() > 1 || !key.matches("[\\x21-\\x7e]{1,255}")) {
      throw new ProblemException(
          ProblemKind.IDEMPOTENCY_KEY,
          "Expected one Idempotency-Key of 1 to 255 visible ASCII characters");
    }
    return key;
  }

  static String traceparent(RoutingContext context) {
    return HttpEdge.traceparent(context);
  }
}
