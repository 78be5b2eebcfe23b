package dev.muster.aggregator.shell.webhook;

import dev.muster.aggregator.webhook.Answer;
import io.vertx.core.AsyncResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. The status decides, so an answer whose body never ends still counts;
 * of the body as much is read as is shown, and not much more.
 */
final class WebhookExchange {
  /** Bytes of the answer that are read. */
  private static final int READ_MAX = 32 * 1024;

  /** Bytes of the answer that are shown. */
  private static final int SHOWN_MAX = 1024;

  private static final int RETRY_AFTER_DIGITS = 7;

  private final byte[] body;
  private final CompletableFuture<Reply> done = new CompletableFuture<>();
  private final AtomicReference<@Nullable HttpClientRequest> request = new AtomicReference<>();
  private final AtomicReference<@Nullable HttpClientResponse> head = new AtomicReference<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private final Buffer received = Buffer.buffer();

  WebhookExchange(byte[] body) {
    this.body = body;
  }

  /** The connection is there, or it cannot be. */
  void begin(AsyncResult<HttpClientRequest> connected) {
    if (connected.failed()) {
      done.completeExceptionally(connected.cause());
      return;
    }
    HttpClientRequest started = connected.result();
    request.set(started);
    if (over.get()) {
      started.reset();
      return;
    }
    started.exceptionHandler(done::completeExceptionally);
    started
        .response()
        .onComplete(answer -> {
          if (answer.succeeded()) {
            read(answer.result());
          } else {
            done.completeExceptionally(answer.cause());
          }
        });
    started.end(Buffer.buffer(body));
  }

  private void read(HttpClientResponse response) {
    head.set(response);
    response.exceptionHandler(e -> finish(response)); // cut off: the status is known
    response.endHandler(end -> finish(response));
    response.handler(piece -> {
      synchronized (received) {
        received.appendBuffer(piece);
        if (received.length() < READ_MAX) {
          return;
        }
      }
      response.pause();
      finish(response);
    });
  }

  private void finish(HttpClientResponse response) {
    done.complete(replyOf(response));
  }

  private Reply replyOf(HttpClientResponse response) {
    String excerpt;
    synchronized (received) {
      excerpt =
          new String(
              received.getBytes(0, Math.min(received.length(), SHOWN_MAX)), StandardCharsets.UTF_8);
    }
    return new Reply(
        new Answer.Responded(response.statusCode(), retryAfter(response.getHeader("Retry-After"))),
        excerpt.replaceAll("[\\p{Cc}&&[^\\n\\t]]", "\uFFFD"));
  }

  /** Seconds; the form with a date is not read, since its clock is not ours. */
  private static @Nullable Duration retryAfter(@Nullable String header) {
    return header != null && header.matches("[0-9]{1," + RETRY_AFTER_DIGITS + "}")
        ? Duration.ofSeconds(Long.parseLong(header))
        : null;
  }

  /** Waits for the answer; once its status is known, the end of the time is its end too. */
  Reply reply(long nanosMax) throws ExecutionException, TimeoutException, InterruptedException {
    try {
      return done.get(nanosMax, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      HttpClientResponse response = head.get();
      if (response == null) {
        throw e;
      }
      return replyOf(response);
    }
  }

  /** Ends it, whatever is under way. */
  void cutOff() {
    over.set(true);
    HttpClientRequest started = request.get();
    if (started != null) {
      started.reset();
    }
  }
}
